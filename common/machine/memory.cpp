#include "common/machine/memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>
#include <string>
#include <utility>

#include "common/base/units.hpp"
#include "common/machine/cgroup.hpp"
#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"

namespace pacer {

std::optional<std::int64_t> address_space_left() {
    std::ifstream statm("/proc/self/statm");  // in pages: all, resident, shared, text, 0, data
    std::int64_t all = 0, other = 0, data = 0;
    statm >> all >> other >> other >> other >> other >> data;
    std::optional<std::int64_t> least;
    for (const auto& [kind, pages] : {std::pair(RLIMIT_AS, all), std::pair(RLIMIT_DATA, data)}) {
        rlimit limit{};
        if (getrlimit(kind, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) continue;
        const auto left = static_cast<std::int64_t>(limit.rlim_cur) - pages * sysconf(_SC_PAGESIZE);
        least = std::max<std::int64_t>(0, std::min(left, least.value_or(left)));
    }
    return least;
}

std::int64_t available_memory_bytes() {
    const auto kernel = memory_bytes_in(text_of("/proc/meminfo"), "MemAvailable")
                            .value_or(std::numeric_limits<std::int64_t>::max());
    return std::min({kernel, cgroup_memory_left().value_or(kernel), address_space_left().value_or(kernel)});
}

std::int64_t memory_on_node(const Team& world, std::int64_t asked) {
    auto bytes = asked > 0 ? asked : available_memory_bytes();
    MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_INT64_T, MPI_MIN, world.node);
    return bytes;
}

std::string memory_shortage(const Team& world, double bytes, std::int64_t available, std::string_view what,
                            std::string_view advice) {
    MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_DOUBLE, MPI_SUM, world.node);
    struct {
        double left;
        int rank;
    } least = {static_cast<double>(available) - bytes, world.rank};
    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_DOUBLE_INT, MPI_MINLOC, world.comm);
    if (least.left >= 0) return {};
    return text_of_rank(
        world, least.rank,
        fmt::format("{} need {} on {} with {} rank{}, which has {} for them: {}", what, format_bytes(bytes),
                    host_name(), world.node_size, world.node_size == 1 ? "" : "s",
                    format_bytes(static_cast<double>(available)), advice));
}

void require_memory(const Team& world, double bytes, std::int64_t available, std::string_view what,
                    std::string_view advice) {
    const auto sentence = memory_shortage(world, bytes, available, what, advice);
    if (!sentence.empty()) throw UsageError(sentence);
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
