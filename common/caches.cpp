#include "common/caches.hpp"

#include <hwloc.h>

#include <algorithm>
#include <memory>

namespace pacer {

namespace {

struct FreeTopology {
    void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, FreeTopology>;

Topology load_caches() {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return nullptr;
    Topology topology(raw);
    hwloc_topology_set_all_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_cache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
    // This component moves the calling thread over every CPU to question it; the kernel's files say enough.
    hwloc_topology_set_components(raw, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
    return hwloc_topology_load(raw) == 0 ? std::move(topology) : nullptr;
}

// A processing unit that this process may use.
hwloc_obj_t own_unit(hwloc_topology_t topology) {
    const std::unique_ptr<hwloc_bitmap_s, void (*)(hwloc_bitmap_t)> bound(hwloc_bitmap_alloc(),
                                                                          hwloc_bitmap_free);
    if (bound && hwloc_get_cpubind(topology, bound.get(), HWLOC_CPUBIND_PROCESS) == 0) {
        const int first = hwloc_bitmap_first(bound.get());
        if (first >= 0) {
            if (auto* unit = hwloc_get_pu_obj_by_os_index(topology, static_cast<unsigned>(first)))
                return unit;
        }
    }
    return hwloc_get_obj_by_type(topology, HWLOC_OBJ_PU, 0);
}

}  // namespace

Caches read_caches() {
    Caches caches;
    const auto topology = load_caches();
    if (!topology) return caches;
    hwloc_obj_type_t last = HWLOC_OBJ_PU;
    for (auto* at = own_unit(topology.get()); at != nullptr; at = at->parent) {
        if (!hwloc_obj_type_is_dcache(at->type) || at->attr->cache.size == 0) continue;
        caches.of_core.push_back(
            {static_cast<int>(at->attr->cache.depth), static_cast<std::int64_t>(at->attr->cache.size)});
        last = at->type;
    }
    if (caches.of_core.empty()) return caches;
    for (hwloc_obj_t at = nullptr; (at = hwloc_get_next_obj_by_type(topology.get(), last, at)) != nullptr;) {
        caches.all_last_bytes += static_cast<std::int64_t>(at->attr->cache.size);
    }
    return caches;
}

}  // namespace pacer
