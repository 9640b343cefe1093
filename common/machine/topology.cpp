#include "common/machine/topology.hpp"

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

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

std::vector<int> cores_by_cpu(hwloc_topology_t loaded) {
    // Some virtual machines tell of no cores; then every CPU is one.
    const bool has_cores = hwloc_get_nbobjs_by_type(loaded, HWLOC_OBJ_CORE) > 0;
    std::vector<int> core_of_cpu;
    hwloc_obj_t pu = nullptr;
    while ((pu = hwloc_get_next_obj_by_type(loaded, HWLOC_OBJ_PU, pu)) != nullptr) {
        const auto* core = has_cores ? hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, pu) : pu;
        if (core_of_cpu.size() <= pu->os_index) core_of_cpu.resize(pu->os_index + 1, -1);
        core_of_cpu[pu->os_index] = static_cast<int>((core == nullptr ? pu : core)->logical_index);
    }
    return core_of_cpu;
}

std::vector<int> granted_cpus(hwloc_topology_t loaded) {
    std::vector<int> cpus;
    const auto set = hwloc_topology_get_allowed_cpuset(loaded);
    for (int cpu = hwloc_bitmap_first(set); cpu >= 0; cpu = hwloc_bitmap_next(set, cpu)) cpus.push_back(cpu);
    return cpus;
}

// A processing unit that this process may use.
hwloc_obj_t own_unit(hwloc_topology_t loaded) {
    const std::unique_ptr<hwloc_bitmap_s, void (*)(hwloc_bitmap_t)> bound(hwloc_bitmap_alloc(),
                                                                          hwloc_bitmap_free);
    if (bound && hwloc_get_cpubind(loaded, bound.get(), HWLOC_CPUBIND_PROCESS) == 0) {
        const int first = hwloc_bitmap_first(bound.get());
        if (first >= 0) {
            if (auto* unit = hwloc_get_pu_obj_by_os_index(loaded, static_cast<unsigned>(first))) return unit;
        }
    }
    return hwloc_get_obj_by_type(loaded, HWLOC_OBJ_PU, 0);
}

Caches caches_of(hwloc_topology_t loaded) {
    Caches caches;
    hwloc_obj_type_t last = HWLOC_OBJ_PU;
    for (auto* at = own_unit(loaded); at != nullptr; at = at->parent) {
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

}  // namespace

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
    read.core_of_cpu = cores_by_cpu(loaded.get());
    read.cpus = granted_cpus(loaded.get());
    read.caches = caches_of(loaded.get());
    return read;
}

const Topology& topology() {
    const auto read = [] {
        const char* const instead = std::getenv("PACER_TOPOLOGY");
        return read_topology(instead == nullptr ? "" : instead);
    };
    static const Topology here = read();
    return here;
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
