// The file system that a folder is on, as the kernel tells of it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/facts.hpp"

namespace pacer::storage {

struct Mount {
    std::string point;    // the folder it is mounted on
    std::string type;     // "ext4", "nfs4", "lustre"
    std::string source;   // "/dev/sda1", "server:/export"
    std::string options;  // "rw,relatime": of this mount, then of the file system
    bool operator==(const Mount&) const = default;
};

// That of an absolute path without links, by the text of /proc/self/mountinfo (proc(5)): the last one mounted
// on the longest of the folders above it. Empty if there is none.
Mount mount_of(std::string_view path, std::string_view mountinfo);
Mount mount_of(std::string_view path);  // in this process

// For the dump, where compare finds them changed.
Facts facts_of(const Mount& mount);

}  // namespace pacer::storage
