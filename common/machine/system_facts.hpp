// What maintenances change on a host: firmware, drivers, settings of the kernel, and mounts.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/base/facts.hpp"

namespace pacer {

// kernel, kernel_command_line, kernel_modules, microcode, bios, smt, and network_NAME of each network device.
// `root` is where proc/ and sys/ are found. What cannot be read is left out.
Facts system_facts(const std::filesystem::path& root = "/");

// mount_NAME of each of these folders: what is mounted there, and how.
using NamedFolders = std::vector<std::pair<std::string, std::filesystem::path>>;
Facts mount_facts(const NamedFolders& folders, const std::filesystem::path& root = "/");

}  // namespace pacer
