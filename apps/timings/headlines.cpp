#include "apps/timings/headlines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/groups.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// A headline of one launch, with the case that it comes from.
struct Sourced {
    const Headline* headline;
    std::string source;
    int cores = 0;
    Facts parameters;
};

Sourced sourced(const Headline& headline, const Launch& launch) {
    if (headline.record < 0) return {&headline, fact(launch.environment, "program"), 0, {}};
    const auto& record = launch.records.at(static_cast<std::size_t>(headline.record));
    return {&headline, fmt::format("{}/{} {} x {}", record.app, record.variant, record.ranks, record.threads),
            record.ranks * record.threads, record.parameters};
}

// From launches of one problem on the same number of cores.
Figure figure_of(std::vector<const Sourced*> alike) {
    std::stable_sort(alike.begin(), alike.end(),
                     [](auto* a, auto* b) { return a->headline->value < b->headline->value; });
    std::vector<double> values;
    for (const auto* one : alike) values.push_back(one->headline->value);
    const auto& middle = *alike[(alike.size() - 1) / 2];
    const auto& [record, key, label, unit, value] = *middle.headline;
    return {key, label, unit, median(values), middle.source, middle.cores, alike.size()};
}

// Times grow with the cores, so the one on the most cores counts.
bool is_better(const Figure& one, const Figure& best) {
    if (one.unit != "s") return one.value > best.value;
    return one.cores > best.cores || (one.cores == best.cores && one.value < best.value);
}

}  // namespace

std::vector<Figure> figures_of(const std::vector<Launch>& launches) {
    std::vector<std::vector<Headline>> headlines;  // of each launch
    std::vector<Sourced> all;
    headlines.reserve(launches.size());
    for (const auto& launch : launches) {
        headlines.push_back(launch.headlines.empty() ? headlines_of_format_1(launch) : launch.headlines);
        for (const auto& headline : headlines.back()) all.push_back(sourced(headline, launch));
    }
    const auto alike = [](const Sourced& a, const Sourced& b) {
        return a.headline->key == b.headline->key && a.cores == b.cores && a.parameters == b.parameters;
    };
    std::vector<Figure> figures;
    for (const auto& group : groups_of(all, alike)) {
        const auto figure = figure_of(group);
        const auto found = std::find_if(figures.begin(), figures.end(),
                                        [&](const Figure& known) { return known.key == figure.key; });
        if (found == figures.end()) {
            figures.push_back(figure);
        } else if (is_better(figure, *found)) {
            *found = figure;
        }
    }
    return figures;
}

Table table_of(const std::vector<Figure>& figures) {
    using namespace unit;
    using F = Figure;
    const auto value = [](const F& f) {
        return Cell(f.value, f.unit == "s" ? format_seconds(f.value) : format_rate(f.value, f.unit));
    };
    const std::vector<ColumnOf<F>> columns = {
        {"key", "", text, &F::key},         {"value", "value", figure, value},
        {"unit", "", text, &F::unit},       {"label", "of", text, &F::label},
        {"source", "by", text, &F::source}, {"launches", "launches", figure, &F::launches},
    };
    return pacer::table_of(columns, figures);
}

}  // namespace pacer::timings
