#include "apps/timings/drawing/drawing.hpp"

#include <algorithm>

#include "apps/timings/drawing/sheet.hpp"
#include "apps/timings/scaling/series.hpp"
#include "apps/timings/scaling/sweeps.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

std::string label_of(const CaseKey& key, std::size_t most) {
    const auto shape = fmt::format(" {} x {}", key.ranks, key.threads);
    return shortened(key.variant, std::max<std::size_t>(most, shape.size() + 4) - shape.size()) + shape;
}

std::string group_name(const CaseKey& key, const std::vector<Case>& cases) {
    const bool one_app =
        std::all_of(cases.begin(), cases.end(), [&](const Case& other) { return other.key.app == key.app; });
    std::string name = one_app ? "" : key.app;
    for (const auto& [parameter, value] : key.parameters) {
        const auto text = to_string(value);
        const bool same = std::all_of(cases.begin(), cases.end(), [&, &named = parameter](const Case& other) {
            return other.key.app != key.app || fact(other.key.parameters, named) == text;
        });
        if (!same) name += fmt::format("{}{} {}", name.empty() ? "" : ", ", parameter, text);
    }
    return name;
}

std::size_t variant_number(const std::string& variant, const std::vector<Case>& cases) {
    std::vector<std::string> seen;
    for (const auto& one : cases) {
        if (one.key.variant == variant) break;
        if (std::find(seen.begin(), seen.end(), one.key.variant) == seen.end()) {
            seen.push_back(one.key.variant);
        }
    }
    return seen.size();
}

std::vector<PlotKind> kinds_for(const std::vector<Launch>& launches) {
    const auto cases = cases_of(launches);
    const auto ran = [](const Case& one) { return !one.launches.empty(); };
    if (std::none_of(cases.begin(), cases.end(), ran)) return {};
    std::vector<PlotKind> kinds = {PlotKind::ladder};
    if (!scaling_of(cases).empty()) kinds.push_back(PlotKind::scaling);
    if (!sweeps_of(cases).empty()) kinds.push_back(PlotKind::sweep);
    kinds.insert(kinds.end(), {PlotKind::samples, PlotKind::distribution});
    const bool many_ranks = std::any_of(cases.begin(), cases.end(),
                                        [&](const Case& one) { return ran(one) && one.key.ranks > 1; });
    if (many_ranks) kinds.push_back(PlotKind::balance);
    return kinds;
}

std::string_view name_of(PlotKind kind) {
    switch (kind) {
        case PlotKind::ladder:
            return "ladder";
        case PlotKind::scaling:
            return "scaling";
        case PlotKind::sweep:
            return "sweep";
        case PlotKind::samples:
            return "samples";
        case PlotKind::distribution:
            return "distribution";
        case PlotKind::balance:
            return "balance";
    }
    return {};
}

std::string_view title_of(PlotKind kind) {
    switch (kind) {
        case PlotKind::ladder:
            return "Variants as a ladder towards the limit";
        case PlotKind::scaling:
            return "Speedup by number of cores";
        case PlotKind::sweep:
            return "Bandwidth and time by size";
        case PlotKind::samples:
            return "Times in the order run";
        case PlotKind::distribution:
            return "Distribution of the times";
        case PlotKind::balance:
            return "Load by rank";
    }
    return {};
}

std::string draw(PlotKind kind, const std::vector<Launch>& launches, Canvas canvas, int columns,
                 const std::vector<std::string>& wanted) {
    const auto all = cases_of(launches);
    auto chosen = select(all, wanted);
    std::erase_if(chosen, [](const Case& one) { return one.launches.empty(); });
    if (chosen.empty()) throw UsageError("there is nothing to draw: nothing was run");
    Sheet sheet(canvas, columns);
    switch (kind) {
        case PlotKind::ladder:
            draw_ladder(sheet, chosen);
            break;
        case PlotKind::scaling:
            draw_scaling(sheet, all, wanted);
            break;
        case PlotKind::sweep:
            draw_sweep(sheet, chosen);
            break;
        case PlotKind::samples:
            draw_samples(sheet, chosen);
            break;
        case PlotKind::distribution:
            draw_distribution(sheet, chosen);
            break;
        case PlotKind::balance:
            draw_balance(sheet, chosen);
            break;
    }
    return sheet.drawn(title_of(kind));
}

}  // namespace pacer::timings
