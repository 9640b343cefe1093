#include "apps/timings/scaling/tables.hpp"

#include <fmt/format.h>

#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

// One number of cores of a series.
struct Row {
    const ScalingSeries* series;
    const ScalingPoint* point;
};

// "elements=1000 source=iota", of weak scaling with what grows: "elements_a_core=1000".
std::string parameters_of(const ScalingSeries& series) {
    auto facts = series.parameters;
    for (const auto& [name, value] : series.grown) facts.emplace_back(name + "_a_core", value);
    return words_of(facts, " ", "=");
}

Cell low(const Estimate& estimate) {
    return estimate.has_interval ? Cell(estimate.low) : Cell();
}

Cell high(const Estimate& estimate) {
    return estimate.has_interval ? Cell(estimate.high) : Cell();
}

Cell range(const Estimate& estimate, std::string (*words)(double)) {
    if (!estimate.has_interval) return {};
    return {estimate.low, fmt::format("{} .. {}", words(estimate.low), words(estimate.high))};
}

Cell json_of(const Estimate& estimate) {
    return Json{{"value", estimate.value}, {"low", low(estimate).value}, {"high", high(estimate).value}};
}

// A figure of a law, if the law was fitted.
template <class Law>
std::optional<double> of(const std::optional<Law>& law, double Law::*figure) {
    return law ? std::optional((*law).*figure) : std::nullopt;
}

}  // namespace

Table points_table(const std::vector<const ScalingSeries*>& all) {
    using namespace unit;
    using R = Row;
    constexpr Unit two_places{false, [](double value) { return fmt::format("{:.2f}", value); }};
    static const std::vector<ColumnOf<R>> columns = {
        {"app", "", text, [](const R& r) { return r.series->app; }, face::csv},
        {"variant", "variant", text, [](const R& r) { return r.series->variant; }, face::csv | face::page},
        {"scaling", "", text, [](const R& r) { return name_of(r.series->kind); }, face::csv},
        {"parameters", "", text, [](const R& r) { return parameters_of(*r.series); }, face::csv},
        {"ranks", "", figure, [](const R& r) { return r.point->ranks; }},
        {"threads", "", figure, [](const R& r) { return r.point->threads; }},
        {"", "r x t", figure, [](const R& r) { return shape_cell(r.point->ranks, r.point->threads); },
         face::people, "ranks x threads"},
        {"cores", "", figure, [](const R& r) { return r.point->cores(); }},
        {"launches", "launches", figure, [](const R& r) { return r.point->launches; }},
        {"seconds", "", seconds, [](const R& r) { return json_of(r.point->seconds); }, face::json},
        {"speedup", "", seconds, [](const R& r) { return json_of(r.point->speedup); }, face::json},
        {"efficiency", "", seconds, [](const R& r) { return json_of(r.point->efficiency); }, face::json},
        {"median_seconds", "median", seconds, [](const R& r) { return known(r.point->seconds.value); },
         face::people | face::csv, "of the launches' medians"},
        {"interval_low_seconds", "", seconds, [](const R& r) { return low(r.point->seconds); }, face::csv},
        {"interval_high_seconds", "", seconds, [](const R& r) { return high(r.point->seconds); }, face::csv},
        {"", "95 % interval", text, [](const R& r) { return range(r.point->seconds, format_seconds); },
         face::people, "of the time; it takes 6 launches"},
        {"speedup", "speedup", times, [](const R& r) { return known(r.point->speedup.value); },
         face::people | face::csv, "ratio of times, Hodges-Lehmann"},
        {"speedup_low", "", times, [](const R& r) { return low(r.point->speedup); }, face::csv},
        {"speedup_high", "", times, [](const R& r) { return high(r.point->speedup); }, face::csv},
        {"", "95 % interval", text, [](const R& r) { return range(r.point->speedup, format_times); },
         face::people, "of the speedup; it takes 4 launches of point and base"},
        {"efficiency", "efficiency", hundredths, [](const R& r) { return known(r.point->efficiency.value); },
         face::people | face::csv, "speedup / cores, in %"},
        {"imbalance", "imbalance", two_places, [](const R& r) { return r.point->imbalance; }, face::all,
         "slowest rank's time / mean of the ranks; 1 is even"},
        {"launch_medians_seconds", "", seconds, [](const R& r) { return Json(r.point->medians); },
         face::json},
        {"base_seconds", "", seconds, [](const R& r) { return r.series->base_seconds; }, face::csv},
        {"base_cores", "", figure, [](const R& r) { return r.series->base_cores; }, face::csv},
        {"amdahl_speedup", "", times,
         [](const R& r) {
             return r.series->amdahl ? Cell(r.series->fitted_speedup_amdahl(r.point->cores())) : Cell();
         },
         face::csv},
        {"universal_speedup", "", times,
         [](const R& r) {
             return r.series->universal ? Cell(r.series->fitted_speedup_universal(r.point->cores())) : Cell();
         },
         face::csv},
    };
    std::vector<Row> rows;
    for (const auto* series : all) {
        for (const auto& point : series->points) rows.push_back({series, &point});
    }
    return table_of(columns, rows);
}

Table laws_table(const std::vector<const ScalingSeries*>& all) {
    using namespace unit;
    using S = ScalingSeries;
    constexpr Unit three_digits{false, [](double value) { return fmt::format("{:.3g}", value); }};
    static const std::vector<ColumnOf<S>> columns = {
        {"", "variant", text, [](const S& s) { return s.variant; }},
        {"", "serial part", percent, [](const S& s) { return of(s.amdahl, &AmdahlFit::serial_fraction); },
         face::all, "of the time on one core, by Amdahl's law"},
        {"", "misfit of Amdahl", percent, [](const S& s) { return of(s.amdahl, &AmdahlFit::residual); },
         face::all, "root mean square of ln(measured / fitted)"},
        {"", "contention", three_digits,
         [](const S& s) { return of(s.universal, &UniversalFit::contention); }, face::all,
         "by the Universal Scalability Law"},
        {"", "coherency", three_digits, [](const S& s) { return of(s.universal, &UniversalFit::coherency); },
         face::all, "by the Universal Scalability Law"},
        {"", "misfit of USL", percent, [](const S& s) { return of(s.universal, &UniversalFit::residual); },
         face::all, "root mean square of ln(measured / fitted)"},
        {"", "best cores", three_digits,
         [](const S& s) { return known(s.universal ? s.universal->best_cores : 0); }, face::all,
         "where the fitted speedup is largest"},
        {"", "best speedup", times,
         [](const S& s) { return known(s.universal ? s.universal->best_speedup : 0); }, face::all,
         "the fitted speedup there"},
    };
    std::vector<ScalingSeries> fitted;
    for (const auto* series : all) {
        if (series->amdahl || series->universal) fitted.push_back(*series);
    }
    return table_of(columns, fitted);
}

}  // namespace pacer::timings
