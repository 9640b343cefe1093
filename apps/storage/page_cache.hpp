// What of a file lies in this node's page cache, where reading it tells nothing of a storage.
#pragma once

#include <cstdint>
#include <string>

namespace pacer::storage {

// Pages of a part of a file, and those of them that are in memory.
struct Residence {
    std::int64_t pages = 0, cached = 0;
};

// What this node keeps of bytes begin .. end - 1 of the file. Where the system does not tell, all counts as
// cached. Of caches besides the kernel's (a server's memory, the page pool of GPFS) nobody knows. Throws
// UsageError if the file cannot be opened.
Residence residence(const std::string& path, std::int64_t begin, std::int64_t end);

// Asks this node to forget them, which must be on storage already, and looks what it has kept.
Residence forget(const std::string& path, std::int64_t begin, std::int64_t end);

}  // namespace pacer::storage
