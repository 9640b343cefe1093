// What each variant has to do at least, and the time below which this machine cannot.
#include <fmt/format.h>

#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "common/machine/limits.hpp"

namespace pacer::memory {

namespace {

Work work_of(const Problem& problem, std::string_view experiment, const MemoryVariant& variant) {
    const auto n = problem.core_elements;
    const auto each = bytes_per_element(probe_of(experiment));
    if (is_stream(experiment)) {
        const auto items = problem.node_elements * (uses_ranks(variant.uses) ? problem.nodes : 1);
        return {items, items * each};
    }
    if (experiment == "stride") {
        const auto apart = variant.argument / element_bytes, items = (n + apart - 1) / apart;
        return {items, apart < line_elements ? n * each : items * line_bytes};  // lines come as a whole
    }
    if (experiment == "matrix")
        return {problem.rows * problem.columns, problem.rows * problem.columns * each};
    if (experiment == "fresh") return {n, n * each};
    if (experiment == "pages")
        return {problem.pages * page_passes +
                lines_beyond(problem.pages)};  // in a cache: no bytes need come from memory
    return {problem.lines, problem.lines * line_bytes};
}

Limit limit_of(const Problem& problem, const Probe& probe, const Record& record) {
    const auto found = problem.limits.find({&probe, record.uses});
    if (found == problem.limits.end()) return {};
    return limit_by(probe, static_cast<double>(record.work.bytes), found->second,
                    occupation(record.uses, record.ranks, record.threads));
}

}  // namespace

Facts parameters(const Problem& problem, std::string_view experiment) {
    Facts facts = {{"experiment", std::string(experiment)}};
    if (is_stream(experiment)) {
        facts.emplace_back("elements", problem.node_elements);
        if (problem.nodes > 1) facts.emplace_back("nodes", std::int64_t{problem.nodes});
    } else {
        facts.emplace_back("elements", problem.core_elements);
    }
    if (experiment == "pages") facts.emplace_back("pages", problem.pages);
    if (experiment == "order") facts.emplace_back("ahead", problem.ahead);
    // Until version 0.2 what is read could be summed without reading it.
    if (experiment != "write" && experiment != "fresh") facts.emplace_back(method_parameter, "mixed");
    return facts;
}

void describe(const Problem& problem, const MemoryVariant& variant, Record& record) {
    const auto experiment = fact(record.parameters, "experiment");
    record.work = work_of(problem, experiment, variant);
    record.limit = limit_of(problem, probe_of(experiment), record);
    // All nodes together do more work than one core: their times do not compare.
    if (problem.nodes > 1 && uses_ranks(variant.uses)) record.baseline = "none";
    if (is_nontemporal(variant) && !streams::has_nontemporal_stores)
        record.not_run = "this processor's kind has no such stores";
    if (variant.run == first_pass_huge || variant.run == pages_huge) record.not_run = problem.no_huge_pages;
}

}  // namespace pacer::memory
