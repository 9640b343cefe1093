#include "common/memory.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>
#include <sstream>
#include <string>

#include "common/cgroup.hpp"

namespace pacer {

namespace {

std::int64_t kernel_available_bytes() {
    std::ifstream meminfo("/proc/meminfo");
    std::string name, unit;
    std::int64_t kib = 0;
    for (std::string line; std::getline(meminfo, line);) {
        if (std::istringstream(line) >> name >> kib >> unit && name == "MemAvailable:") return kib * 1024;
    }
    return std::numeric_limits<std::int64_t>::max();
}

// What `ulimit -v` and `ulimit -d` leave: both count what is mapped, touched or not.
std::int64_t left_by_ulimit() {
    constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
    std::ifstream statm("/proc/self/statm");  // in pages: all, resident, shared, text, 0, data
    std::int64_t all = 0, skipped = 0, data = 0;
    statm >> all >> skipped >> skipped >> skipped >> skipped >> data;
    const auto left = [&](auto kind, std::int64_t pages) {
        rlimit limit{};
        if (getrlimit(kind, &limit) != 0 || limit.rlim_cur > static_cast<rlim_t>(unlimited)) return unlimited;
        return std::max<std::int64_t>(
            0, static_cast<std::int64_t>(limit.rlim_cur) - pages * sysconf(_SC_PAGESIZE));
    };
    return std::min(left(RLIMIT_AS, all), left(RLIMIT_DATA, data));
}

}  // namespace

std::int64_t available_memory_bytes() {
    const auto kernel = kernel_available_bytes();
    return std::min({kernel, cgroup_memory_left().value_or(kernel), left_by_ulimit()});
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
