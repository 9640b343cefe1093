#include "apps/memory/needs.hpp"

namespace pacer::memory {

bool is_stream(std::string_view experiment) {
    return experiment == "read" || experiment == "write" || experiment == "copy" || experiment == "triad";
}

const Probe& probe_of(std::string_view experiment) {
    if (experiment == "fresh") return probe("write");
    return probe(is_stream(experiment) ? experiment : "read");
}

bool is_nontemporal(const MemoryVariant& variant) {
    return variant.run == write_nontemporal || variant.run == copy_nontemporal ||
           variant.run == triad_nontemporal;
}

Needs needs_of(const Groups& chosen) {
    Needs needs;
    for (const auto& [experiment, baseline, variants] : chosen) {
        for (const auto& variant : variants) {
            auto& of = uses_ranks(variant.uses)        ? needs.ranks
                       : variant.uses == Uses::threads ? needs.threads
                                                       : needs.core;
            const auto is = [&](decltype(variant.run) function) { return variant.run == function; };
            of.any = true;
            of.targets = of.targets || &probe_of(experiment) != &probe("read");
            needs.core_streams = needs.core_streams || (is_stream(experiment) && variant.uses == Uses::core);
            needs.strides = needs.strides || experiment == "stride";
            needs.order = needs.order || (experiment == "order" && !is(sequential));
            needs.links = needs.links || is(chase) || is(chases);
            needs.small_pages = needs.small_pages || is(pages_small);
            needs.huge_pages = needs.huge_pages || is(pages_huge);
            needs.padded = needs.padded || is(column_padded);
            needs.kept = needs.kept || is(next_pass);
            needs.fresh = needs.fresh || is(first_pass) || is(first_pass_huge);
            needs.wants_huge_pages = needs.wants_huge_pages || is(pages_huge) || is(first_pass_huge);
        }
    }
    return needs;
}

std::string no_huge_pages(const Problem& problem) {
    if (problem.core_elements * element_bytes < huge_page_bytes) {
        return "the array is smaller than a huge page";
    }
    if (has_huge_pages(problem.core_elements * element_bytes)) return {};
    return "the system gives no huge pages: see /sys/kernel/mm/transparent_hugepage/enabled";
}

}  // namespace pacer::memory
