#include "apps/timings/scaling/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

// A point of a series.
struct Row {
    const ScalingSeries* series;
    const ScalingPoint* point;
};

Cell end(const Estimate& estimate, double Estimate::*side) {
    return estimate.has_interval ? Cell(estimate.*side) : Cell();
}

Cell interval(const Estimate& estimate, std::string (*words)(double)) {
    if (!estimate.has_interval) return {};
    return {estimate.low, fmt::format("{} .. {}", words(estimate.low), words(estimate.high))};
}

Cell all_of(const Estimate& estimate) {
    return Json{{"value", estimate.value},
                {"low", end(estimate, &Estimate::low).value},
                {"high", end(estimate, &Estimate::high).value}};
}

std::string to_two_places(double value) {
    return fmt::format("{:.2f}", value);
}

std::string heading(const ScalingSeries& series) {
    auto text = fmt::format("{}/{}  {} scaling", series.app, series.variant, name_of(series.kind));
    for (const auto& fact : series.parameters) text += "  " + words_of({fact});
    for (const auto& fact : series.grown) text += "  " + words_of({fact}) + " per core";
    return text;
}

// " (0.012 .. 0.034)"; nothing if there is no interval.
std::string within(const std::optional<Interval>& interval, double factor = 1, std::string_view lead = "") {
    if (!interval) return {};
    const auto end = [&](double value) {
        return std::isfinite(value) ? fmt::format("{:.3g}", factor * value) : std::string("no end");
    };
    return fmt::format(" ({}{} .. {})", lead, end(interval->low), end(interval->high));
}

std::string laws(const ScalingSeries& series) {
    std::string text;
    if (series.amdahl) {
        const auto& law = *series.amdahl;
        const auto most = law.serial_fraction > 0
                              ? fmt::format("never over {:.3g}x",
                                            series.base_seconds / law.one_core_seconds / law.serial_fraction)
                              : std::string("no end in sight");
        text +=
            fmt::format("Amdahl's law: {:.2f} % serial{}, {}; off by {:.1f} %\n", 100 * law.serial_fraction,
                        within(law.serial_fraction_within, 100), most, 100 * std::expm1(law.residual));
    }
    if (series.universal) {
        const auto& law = *series.universal;
        const auto cores = static_cast<std::size_t>(std::round(law.best_cores));
        const auto best = law.best_cores > 0
                              ? fmt::format("best on {}{}, {:.3g}x", counted(cores, "core"),
                                            within(law.best_cores_within), law.best_speedup)
                              : "no end in sight" + within(law.best_cores_within, 1, "best on ");
        text += fmt::format(
            "Universal Scalability Law: contention {:.3g}{}, coherency {:.3g}{}, {}; off by {:.1f} %\n",
            law.contention, within(law.contention_within), law.coherency, within(law.coherency_within), best,
            100 * std::expm1(law.residual));
    }
    for (std::size_t at = 0; at < series.note.size();) {  // a line each
        const auto end = std::min(series.note.find("; ", at), series.note.size());
        text += fmt::format("note: {}\n", series.note.substr(at, end - at));
        at = end + 2;
    }
    return text;
}

// The most cores that were there for as many ranks and threads, if they are more than the base has.
const ScalingPoint* most_cores(const ScalingSeries& series) {
    const auto& points = series.points;
    const auto found = std::find_if(points.rbegin(), points.rend(),
                                    [](const ScalingPoint& point) { return !point.crowded; });
    return found == points.rend() || found->cores() <= series.base_cores ? nullptr : &*found;
}

// What these gained.
double gain(const ScalingSeries& series) {
    return most_cores(series)->speedup.value;
}

}  // namespace

std::string sentence_of(const std::vector<ScalingSeries>& all) {
    const ScalingSeries* best = nullptr;
    for (const auto& series : all) {
        if (most_cores(series) == nullptr) continue;
        const bool is_better =
            best == nullptr ||
            (series.kind == best->kind ? gain(series) > gain(*best) : series.kind == ScalingKind::strong);
        if (is_better) best = &series;
    }
    if (best == nullptr) return {};
    const auto& last = *most_cores(*best);
    const bool is_strong = best->kind == ScalingKind::strong;
    const auto compared =
        fmt::format("{}/{} on {} {} {} {} {}", best->app, best->variant,
                    counted(static_cast<std::size_t>(last.cores()), "core"), is_strong ? "is" : "does",
                    format_times(gain(*best)), is_strong ? "as fast as" : "the work of",
                    best->base.substr(0, best->base.find(',')));
    // More than all of it comes of larger caches, or of a poor base: no figure for a slide.
    const double part = last.efficiency.value;
    if (part > 1) return compared + ".";
    return compared + fmt::format(": {:.0f} % of what they could be.", 100 * part);
}

Table points_table(const std::vector<const ScalingSeries*>& all) {
    using namespace unit;
    using R = Row;
    constexpr auto not_json = face::people | face::csv;
    constexpr auto low = &Estimate::low, high = &Estimate::high;
    const auto parameters = [](const R& r) {
        auto facts = r.series->parameters;
        for (const auto& [name, value] : r.series->grown) facts.emplace_back(name + "_a_core", value);
        return words_of(facts, " ", "=");
    };
    const auto amdahl = [](const R& r) {
        return r.series->amdahl ? Cell(r.series->fitted_speedup_amdahl(r.point->cores())) : Cell();
    };
    const auto universal = [](const R& r) {
        return r.series->universal ? Cell(r.series->fitted_speedup_universal(r.point->cores())) : Cell();
    };
    const std::vector<ColumnOf<R>> columns = {
        {"app", "", text, [](const R& r) { return r.series->app; }, face::csv},
        {"variant", "", text, [](const R& r) { return r.series->variant; }, face::csv},
        {"scaling", "", text, [](const R& r) { return name_of(r.series->kind); }, face::csv},
        {"parameters", "", text, parameters, face::csv},
        {"ranks", "", figure, [](const R& r) { return r.point->ranks; }},
        {"threads", "", figure, [](const R& r) { return r.point->threads; }},
        {"", "r x t", figure, [](const R& r) { return shape_cell(r.point->ranks, r.point->threads); }},
        {"cores", "", figure, [](const R& r) { return r.point->cores(); }},
        {"launches", "launches", figure, [](const R& r) { return r.point->launches; }},
        {"seconds", "", text, [](const R& r) { return all_of(r.point->seconds); }, face::json},
        {"speedup", "", text, [](const R& r) { return all_of(r.point->speedup); }, face::json},
        {"efficiency", "", text, [](const R& r) { return all_of(r.point->efficiency); }, face::json},
        {"median_seconds", "median", seconds, [](const R& r) { return r.point->seconds.value; }, not_json},
        {"interval_low_seconds", "", seconds, [](const R& r) { return end(r.point->seconds, low); },
         face::csv},
        {"interval_high_seconds", "", seconds, [](const R& r) { return end(r.point->seconds, high); },
         face::csv},
        {"", "95 % interval", text, [](const R& r) { return interval(r.point->seconds, format_seconds); }},
        {"speedup", "speedup", times, [](const R& r) { return r.point->speedup.value; }, not_json},
        {"speedup_low", "", times, [](const R& r) { return end(r.point->speedup, low); }, face::csv},
        {"speedup_high", "", times, [](const R& r) { return end(r.point->speedup, high); }, face::csv},
        {"", "95 % interval", text, [](const R& r) { return interval(r.point->speedup, format_times); }},
        {"efficiency", "efficiency", hundredths, [](const R& r) { return r.point->efficiency.value; },
         not_json},
        {"efficiency_loaded", "loaded", hundredths, [](const R& r) { return r.point->efficiency_loaded; },
         face::all, "efficiency against one core while the others compute, and clock lower"},
        {"imbalance",
         "imbalance",
         {false, to_two_places},
         [](const R& r) { return r.point->imbalance; },
         face::all,
         "slowest rank's time / mean of the ranks; 1 is even"},
        {"launch_medians_seconds", "", text, [](const R& r) { return Json(r.point->medians); }, face::json},
        {"base_seconds", "", seconds, [](const R& r) { return r.series->base_seconds; }, face::csv},
        {"base_cores", "", figure, [](const R& r) { return r.series->base_cores; }, face::csv},
        {"amdahl_speedup", "", times, amdahl, face::csv},
        {"universal_speedup", "", times, universal, face::csv},
    };
    std::vector<Row> rows;
    for (const auto* series : all) {
        for (const auto& point : series->points) rows.push_back({series, &point});
    }
    return table_of(columns, rows);
}

Document document_of(const std::vector<ScalingSeries>& all) {
    Document document("timings scaling");
    document.sentence("sentence", sentence_of(all));
    bool lacking = false;
    for (const auto& series : all) {
        document.title(heading(series));
        document.table("", points_table({&series}));
        document.notes(fmt::format("speedup and efficiency (%) against {}\n", series.base) + laws(series));
        for (const auto& point : series.points)
            lacking = lacking || !point.seconds.has_interval || !point.speedup.has_interval;
    }
    if (lacking) {
        document.text(
            "95 % intervals of times and of the laws' parameters need 6 launches, of speedups 4 and 4 of the "
            "base; "
            "more launches: jobs/launches.sh");
    }
    return document;
}

}  // namespace pacer::timings
