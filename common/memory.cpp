#include "common/memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <new>
#include <sstream>
#include <string>

namespace pacer {

namespace {

constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

// The number in a file of one number, or `otherwise` ("max", no such file).
std::int64_t number_in(const std::filesystem::path& file, std::int64_t otherwise) {
    std::int64_t value = 0;
    return std::ifstream(file) >> value ? value : otherwise;
}

std::int64_t kernel_available_bytes() {
    std::ifstream meminfo("/proc/meminfo");
    std::string name, unit;
    std::int64_t kib = 0;
    for (std::string line; std::getline(meminfo, line);) {
        if (std::istringstream(line) >> name >> kib >> unit && name == "MemAvailable:") return kib * 1024;
    }
    return unlimited;
}

// What the limits of this process's memory cgroup and of its parents leave; page cache counts as free.
std::int64_t cgroup_available_bytes() {
    std::ifstream cgroups("/proc/self/cgroup");
    std::int64_t least = unlimited;
    for (std::string line; std::getline(cgroups, line);) {  // "4:memory:/path" (v1) or "0::/path" (v2)
        const bool v1 = line.find(":memory:") != std::string::npos, v2 = line.starts_with("0::");
        if (!v1 && !v2) continue;
        const std::filesystem::path root = v1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
        auto folder = root / std::filesystem::path(line.substr(line.rfind(':') + 1)).relative_path();
        for (;; folder = folder.parent_path()) {
            const auto limit = number_in(folder / (v1 ? "memory.limit_in_bytes" : "memory.max"), unlimited);
            const auto used = number_in(folder / (v1 ? "memory.usage_in_bytes" : "memory.current"), 0);
            std::int64_t cache = 0, value = 0;
            std::ifstream statistics(folder / "memory.stat");
            for (std::string name; statistics >> name >> value;) {
                if (name == (v1 ? "total_inactive_file" : "inactive_file")) cache = value;
            }
            if (limit < unlimited / 2)
                least = std::min(least, std::max<std::int64_t>(0, limit - used + cache));
            if (folder == root || !folder.has_relative_path()) break;
        }
    }
    return least;
}

}  // namespace

std::int64_t available_memory_bytes() {
    return std::min(kernel_available_bytes(), cgroup_available_bytes());
}

void* allocate_untouched(std::size_t bytes) {
    constexpr std::size_t huge_page = std::size_t{2} << 20;
    const std::size_t alignment = bytes >= huge_page ? huge_page : 64;
    const std::size_t rounded = std::max((bytes + alignment - 1) / alignment, std::size_t{1}) * alignment;
    void* memory = std::aligned_alloc(alignment, rounded);
    if (!memory) throw std::bad_alloc();
    if (alignment == huge_page)
        madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: bandwidth is better with it
    return memory;
}

}  // namespace pacer
