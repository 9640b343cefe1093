#include "common/machine/topology.hpp"

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/base/status.hpp"

namespace pacer {

namespace {

struct FreeTopology {
    void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Loaded = std::unique_ptr<hwloc_topology, FreeTopology>;

// The whole host, cores that this process may not use included, so that numbers mean the same on every rank.
Loaded load(const std::string& instead) {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return nullptr;
    Loaded loaded(raw);
    std::error_code unknown;
    const bool is_file = std::filesystem::exists(instead, unknown);
    if (!instead.empty() && (is_file ? hwloc_topology_set_xml(raw, instead.c_str())
                                     : hwloc_topology_set_synthetic(raw, instead.c_str())) != 0) {
        return nullptr;
    }
    hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_all_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(raw, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_cache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
    // This component moves the calling thread over every CPU to question it; the kernel's files say enough.
    hwloc_topology_set_components(raw, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
    return hwloc_topology_load(raw) == 0 ? std::move(loaded) : nullptr;
}

std::vector<int> granted_cpus(hwloc_topology_t loaded) {
    std::vector<int> cpus;
    const auto set = hwloc_topology_get_allowed_cpuset(loaded);
    for (int cpu = hwloc_bitmap_first(set); cpu >= 0; cpu = hwloc_bitmap_next(set, cpu)) cpus.push_back(cpu);
    return cpus;
}

Caches caches_above(hwloc_topology_t loaded, hwloc_obj_t core) {
    Caches caches;
    hwloc_obj_type_t last = HWLOC_OBJ_PU;
    for (auto* at = core; at != nullptr; at = at->parent) {
        if (!hwloc_obj_type_is_dcache(at->type) || at->attr->cache.size == 0) continue;
        caches.of_core.push_back(
            {static_cast<int>(at->attr->cache.depth), static_cast<std::int64_t>(at->attr->cache.size)});
        last = at->type;
    }
    if (caches.of_core.empty()) return caches;
    for (hwloc_obj_t at = nullptr; (at = hwloc_get_next_obj_by_type(loaded, last, at)) != nullptr;) {
        caches.all_last_bytes += static_cast<std::int64_t>(at->attr->cache.size);
    }
    return caches;
}

void read_cores(hwloc_topology_t loaded, Topology& read) {
    // Some virtual machines tell of no cores; then every CPU is one.
    const bool has_cores = hwloc_get_nbobjs_by_type(loaded, HWLOC_OBJ_CORE) > 0;
    hwloc_obj_t pu = nullptr;
    while ((pu = hwloc_get_next_obj_by_type(loaded, HWLOC_OBJ_PU, pu)) != nullptr) {
        const auto above = has_cores ? hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, pu) : pu;
        const auto core = above == nullptr ? pu : above;
        if (read.core_of_cpu.size() <= pu->os_index) read.core_of_cpu.resize(pu->os_index + 1, -1);
        read.core_of_cpu[pu->os_index] = static_cast<int>(core->logical_index);
        if (read.caches_of_core.size() <= core->logical_index)
            read.caches_of_core.resize(core->logical_index + 1);
        auto& caches = read.caches_of_core[core->logical_index];
        if (caches.of_core.empty()) caches = caches_above(loaded, pu);
    }
}

std::vector<int> affinity(int pid) {
    // The kernel refuses a set smaller than its own, which may be beyond the 1024 of cpu_set_t.
    for (std::size_t count = 1024; count <= 1 << 20; count *= 4) {
        const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(count),
                                                                   [](cpu_set_t* old) { CPU_FREE(old); });
        const std::size_t size = CPU_ALLOC_SIZE(count);
        if (!set || sched_getaffinity(pid, size, set.get()) != 0) continue;
        std::vector<int> cpus;
        for (std::size_t cpu = 0; cpu < count; ++cpu) {
            if (CPU_ISSET_S(cpu, size, set.get())) cpus.push_back(static_cast<int>(cpu));
        }
        return cpus;
    }
    return {};
}

std::string wanted_instead() {
    const char* const instead = std::getenv("PACER_TOPOLOGY");
    return instead == nullptr ? "" : instead;
}

std::optional<Topology> shared;  // by the ranks of this node

// A topology on its way to the others of its node: each list behind its length.
using Numbers = std::vector<std::int64_t>;

Numbers packed(const Topology& topology) {
    Numbers numbers;
    for (const auto* list : {&topology.core_of_cpu, &topology.cpus}) {
        numbers.push_back(std::ssize(*list));
        numbers.insert(numbers.end(), list->begin(), list->end());
    }
    numbers.push_back(std::ssize(topology.instead));
    numbers.insert(numbers.end(), topology.instead.begin(), topology.instead.end());
    numbers.push_back(std::ssize(topology.caches_of_core));
    for (const auto& caches : topology.caches_of_core) {
        numbers.insert(numbers.end(), {caches.all_last_bytes, std::ssize(caches.of_core)});
        for (const auto& cache : caches.of_core) numbers.insert(numbers.end(), {cache.level, cache.bytes});
    }
    return numbers;
}

Topology unpacked(const Numbers& numbers) {
    auto next = numbers.begin();
    const auto length = [&] { return static_cast<std::size_t>(*next++); };
    Topology topology;
    for (auto* list : {&topology.core_of_cpu, &topology.cpus}) {
        list->resize(length());
        for (int& number : *list) number = static_cast<int>(*next++);
    }
    topology.instead.resize(length());
    for (char& letter : topology.instead) letter = static_cast<char>(*next++);
    topology.caches_of_core.resize(length());
    for (auto& caches : topology.caches_of_core) {
        caches.all_last_bytes = *next++;
        caches.of_core.resize(length());
        for (auto& cache : caches.of_core) {
            cache.level = static_cast<int>(*next++);
            cache.bytes = *next++;
        }
    }
    return topology;
}

}  // namespace

const Caches& Topology::caches() const {
    static const Caches none;
    for (const int cpu : affinity(0)) {
        if (has(cpu))
            return caches_of_core[static_cast<std::size_t>(core_of_cpu[static_cast<std::size_t>(cpu)])];
    }
    return caches_of_core.empty() ? none : caches_of_core.front();
}

bool Topology::has(int cpu) const {
    const auto index = static_cast<std::size_t>(cpu);
    return index < core_of_cpu.size() && core_of_cpu[index] >= 0;
}

Topology read_topology(const std::string& instead) {
    Topology read;
    read.instead = instead;
    const auto loaded = load(instead);
    if (!loaded && !instead.empty()) {
        throw UsageError(fmt::format(
            "PACER_TOPOLOGY={}: neither a file of lstopo's nor a description such as \"core:4 pu:1\"",
            instead));
    }
    if (!loaded) return read;
    read_cores(loaded.get(), read);
    read.cpus = granted_cpus(loaded.get());
    return read;
}

const Topology& topology() {
    if (shared) return *shared;
    static const Topology own = read_topology(wanted_instead());
    return own;
}

void share_topology(const Team& world) {
    Numbers numbers;
    const auto instead = wanted_instead();
    on_every_rank(world, [&] {
        if (world.node_rank == 0) numbers = packed(read_topology(instead));
    });
    auto count = std::ssize(numbers);
    MPI_Bcast(&count, 1, MPI_INT64_T, 0, world.node);
    numbers.resize(static_cast<std::size_t>(count));
    MPI_Bcast(numbers.data(), mpi_count(numbers.size()), MPI_INT64_T, 0, world.node);
    const auto read = unpacked(numbers);
    // A rank may have been told of another machine than its node's first.
    on_every_rank(world, [&] { shared = read.instead == instead ? read : read_topology(instead); });
}

std::vector<int> allowed_cpus(int pid) {
    auto cpus = affinity(pid);
    const auto& machine = topology();
    if (machine.instead.empty() || cpus.empty()) return cpus;
    if (std::ssize(cpus) >= sysconf(_SC_NPROCESSORS_ONLN)) return machine.cpus;
    std::erase_if(cpus, [&](int cpu) { return !machine.has(cpu); });
    return cpus.empty() ? std::vector{machine.cpus.front()} : cpus;
}

}  // namespace pacer
