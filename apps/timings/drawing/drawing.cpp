#include "apps/timings/drawing/drawing.hpp"

#include <algorithm>
#include <array>

#include "apps/timings/drawing/sheet.hpp"
#include "apps/timings/scaling/series.hpp"
#include "apps/timings/scaling/sweeps.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

// In the order of PlotKind.
struct Kind {
    std::string_view name, title;
    void (*draw)(Sheet&, const std::vector<Case>&);
};
constexpr std::array<Kind, 6> kinds = {{{"ladder", "Variants as a ladder towards the limit", draw_ladder},
                                        {"scaling", "Speedup by number of cores", nullptr},
                                        {"sweep", "Bandwidth and time by size", draw_sweep},
                                        {"samples", "Times in the order run", draw_samples},
                                        {"distribution", "Distribution of the times", draw_distribution},
                                        {"balance", "Load by rank", draw_balance}}};

}  // namespace

std::string label_of(const CaseKey& key, std::size_t most) {
    const auto shape = fmt::format(" {} x {}", key.ranks, key.threads);
    return shortened(key.variant, std::max<std::size_t>(most, shape.size() + 4) - shape.size()) + shape;
}

std::string group_name(const CaseKey& key, const std::vector<Case>& cases) {
    const bool one_app =
        std::all_of(cases.begin(), cases.end(), [&](const Case& other) { return other.key.app == key.app; });
    auto differing = key.parameters;
    std::erase_if(differing, [&](const auto& parameter) {
        return std::all_of(cases.begin(), cases.end(), [&](const Case& other) {
            return other.key.app != key.app ||
                   fact(other.key.parameters, parameter.first) == to_string(parameter.second);
        });
    });
    const auto name = words_of(differing);
    if (one_app) return name;
    return name.empty() ? key.app : key.app + ", " + name;
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
    std::vector<PlotKind> found = {PlotKind::ladder};
    if (!scaling_of(cases).empty()) found.push_back(PlotKind::scaling);
    if (!sweeps_of(cases).empty()) found.push_back(PlotKind::sweep);
    found.insert(found.end(), {PlotKind::samples, PlotKind::distribution});
    if (std::any_of(cases.begin(), cases.end(), has_balance)) found.push_back(PlotKind::balance);
    return found;
}

std::string_view name_of(PlotKind kind) {
    return kinds.at(static_cast<std::size_t>(kind)).name;
}

std::string_view title_of(PlotKind kind) {
    return kinds.at(static_cast<std::size_t>(kind)).title;
}

std::string draw(PlotKind kind, const std::vector<Launch>& launches, Canvas canvas, int columns,
                 const std::vector<std::string>& wanted) {
    const auto all = cases_of(launches);
    auto chosen = select(all, wanted);
    std::erase_if(chosen, [](const Case& one) { return one.launches.empty(); });
    if (chosen.empty()) throw UsageError("there is nothing to plot: nothing was run");
    Sheet sheet(canvas, columns);
    if (kind == PlotKind::scaling) {
        draw_scaling(sheet, all, wanted);  // its bases may be of cases that were not chosen
    } else {
        kinds.at(static_cast<std::size_t>(kind)).draw(sheet, chosen);
    }
    return sheet.drawn(title_of(kind));
}

}  // namespace pacer::timings
