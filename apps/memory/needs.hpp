// What the chosen variants need.
#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include "apps/memory/memory.hpp"
#include "common/machine/probes.hpp"

namespace pacer::memory {

struct Needs {
    struct Of {
        bool any = false, targets = false;  // a; b and c too
    };
    Of core, threads, ranks;
    bool core_streams = false;  // read, write, copy or triad on one core
    bool strides = false, order = false, links = false, small_pages = false, huge_pages = false,
         padded = false, kept = false, fresh = false;
    bool wants_huge_pages = false;
};
Needs needs_of(const Groups& chosen);

// Bytes that the arrays may take on this rank's node: those whose size nobody asked for are to leave half of
// what is free. Collective over the node.
std::int64_t bytes_for_arrays(const Team& world, const Settings& settings);

// Decides how large all of the problem's arrays are: as asked for, or as the caches want it and half of the
// free memory allows. Collective; throws UsageError.
void choose_fitting_sizes(Problem& problem, const Team& world, const Threads& threads,
                          const Settings& settings, const Needs& needs);

// Read, write, copy and triad: what STREAM measures, on one core and on all.
bool is_stream(std::string_view experiment);
const Probe& probe_of(std::string_view experiment);  // that says what can be reached
// As STREAM counts: what is read before it is written is not counted.
inline std::int64_t bytes_per_element(const Probe& probe) {
    return std::ssize(probe.arrays) * element_bytes;
}

// Whether its stores go past the caches.
bool is_nontemporal(const MemoryVariant& variant);

// Why the array cannot be on huge pages; empty if it can.
std::string no_huge_pages(const Problem& problem);

}  // namespace pacer::memory
