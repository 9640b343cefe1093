#include "common/machine/topology.hpp"

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
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

std::int64_t bytes_of_all(hwloc_topology_t loaded, hwloc_obj_type_t kind) {
    std::int64_t bytes = 0;
    for (hwloc_obj_t at = nullptr; (at = hwloc_get_next_obj_by_type(loaded, kind, at)) != nullptr;) {
        bytes += static_cast<std::int64_t>(at->attr->cache.size);
    }
    return bytes;
}

void read_cores(hwloc_topology_t loaded, Topology& read) {
    // Some virtual machines tell of no cores; then every CPU is one.
    const bool has_cores = hwloc_get_nbobjs_by_type(loaded, HWLOC_OBJ_CORE) > 0;
    std::map<hwloc_obj_type_t, std::int64_t> all_bytes;
    hwloc_obj_t pu = nullptr;
    while ((pu = hwloc_get_next_obj_by_type(loaded, HWLOC_OBJ_PU, pu)) != nullptr) {
        const auto above = has_cores ? hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, pu) : pu;
        const auto core = static_cast<int>((above == nullptr ? pu : above)->logical_index);
        const bool is_first =
            std::find(read.core_of_cpu.begin(), read.core_of_cpu.end(), core) == read.core_of_cpu.end();
        if (read.core_of_cpu.size() <= pu->os_index) read.core_of_cpu.resize(pu->os_index + 1, -1);
        read.core_of_cpu[pu->os_index] = core;
        for (auto* at = pu; is_first && at != nullptr; at = at->parent) {
            if (!hwloc_obj_type_is_dcache(at->type) || at->attr->cache.size == 0) continue;
            if (!all_bytes.contains(at->type)) all_bytes[at->type] = bytes_of_all(loaded, at->type);
            read.cores_caches.push_back({core, static_cast<int>(at->attr->cache.depth),
                                         static_cast<std::int64_t>(at->attr->cache.size),
                                         all_bytes[at->type]});
        }
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

// The list of the node's first rank, on all of its ranks.
template <class List>
void share(const Team& world, List& list) {
    auto size = std::ssize(list);
    MPI_Bcast(&size, 1, MPI_INT64_T, 0, world.node);
    list.resize(static_cast<std::size_t>(size));
    MPI_Bcast(list.data(), mpi_count(list.size() * sizeof list[0]), MPI_BYTE, 0, world.node);
}

}  // namespace

Caches Topology::caches() const {
    const auto own = affinity(0);
    const auto first = std::find_if(own.begin(), own.end(), [&](int cpu) { return has(cpu); });
    const int core = first == own.end() ? 0 : core_of_cpu[static_cast<std::size_t>(*first)];
    Caches caches;
    for (const auto& cache : cores_caches) {
        if (cache.core != core) continue;
        caches.of_core.push_back({cache.level, cache.bytes});
        caches.all_last_bytes = cache.all_bytes;
    }
    return caches;
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
    const auto instead = wanted_instead();
    Topology read;
    on_every_rank(world, [&] {
        if (world.node_root()) read = read_topology(instead);
    });
    share(world, read.core_of_cpu);
    share(world, read.cpus);
    share(world, read.cores_caches);
    share(world, read.instead);
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
