// timings scaling: how time depends on the number of cores, and which laws describe it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/builds.hpp"
#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/scaling/tables.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files, only;
    Output output;
};

// Null where there is no interval, or the end is infinite.
Json end(const std::optional<Interval>& interval, double Interval::*side) {
    return interval && std::isfinite(*interval.*side) ? Json(*interval.*side) : Json(nullptr);
}

Json object(const std::optional<AmdahlFit>& law) {
    if (!law) return nullptr;
    constexpr auto low = &Interval::low, high = &Interval::high;
    return {{"serial_fraction", law->serial_fraction},
            {"serial_fraction_low", end(law->serial_fraction_within, low)},
            {"serial_fraction_high", end(law->serial_fraction_within, high)},
            {"one_core_seconds", law->one_core_seconds},
            {"residual", law->residual}};
}

Json object(const std::optional<UniversalFit>& law) {
    if (!law) return nullptr;
    const auto known = [&](double value) { return law->best_cores > 0 ? Json(value) : Json(nullptr); };
    constexpr auto low = &Interval::low, high = &Interval::high;
    return {{"contention", law->contention},
            {"contention_low", end(law->contention_within, low)},
            {"contention_high", end(law->contention_within, high)},
            {"coherency", law->coherency},
            {"coherency_low", end(law->coherency_within, low)},
            {"coherency_high", end(law->coherency_within, high)},
            {"one_core_seconds", law->one_core_seconds},
            {"best_cores", known(law->best_cores)},
            {"best_cores_low", end(law->best_cores_within, low)},
            {"best_cores_high", end(law->best_cores_within, high)},
            {"best_speedup", known(law->best_speedup)},
            {"residual", law->residual}};
}

std::string json(const std::vector<ScalingSeries>& all) {
    Json list = Json::list();
    for (const auto& series : all) {
        list.push_back(Json{
            {"app", series.app},
            {"variant", series.variant},
            {"scaling", name_of(series.kind)},
            {"parameters", json_of(series.parameters)},
            {"parameters_a_core", json_of(series.grown)},
            {"base",
             Json{{"name", series.base}, {"seconds", series.base_seconds}, {"cores", series.base_cores}}},
            {"points", points_table({&series}).json()},
            {"amdahl", object(series.amdahl)},
            {"universal", object(series.universal)},
            {"note", series.note}});
    }
    return Json{{"sentence", sentence_of(all)}, {"series", list}}.text(2) + "\n";
}

// Extra-P's JSON Lines (its docs/file-formats.md): an object for each point, with all launches' medians as
// its repetitions. Extra-P's older text format wants the same points for every region, which series need not
// have.
std::string extra_p(const std::vector<ScalingSeries>& all) {
    std::string text;
    for (const auto& series : all) {
        auto path = fmt::format("{}->{}", series.app, series.variant);
        const bool only_one = std::count_if(all.begin(), all.end(), [&](const auto& other) {
                                  return other.app == series.app && other.variant == series.variant;
                              }) == 1;
        if (!only_one) {
            path += fmt::format("->{}", name_of(series.kind));
            for (const auto& fact : series.parameters) path += "  " + words_of({fact});
        }
        for (const auto& point : series.points) {
            text += Json{{"params", Json{{"p", point.cores()}}},
                         {"callpath", path},
                         {"metric", "time"},
                         {"value", point.medians}}
                        .text(-1) +
                    "\n";
        }
    }
    return text;
}

ExitStatus scaling(const Settings& settings) {
    auto launches = read_launches(settings.files);
    separate_builds(launches);
    const auto all = scaling_of(cases_of(launches), settings.only);
    if (all.empty()) {
        throw UsageError(
            "nothing here ran on different numbers of cores; add launches of the same problem with other "
            "numbers of "
            "ranks or threads");
    }
    const auto& output = settings.output;
    if (output.for_people()) {
        deliver(document_of(all), output, settings.files);
    } else {
        std::vector<const ScalingSeries*> each;
        for (const auto& series : all) each.push_back(&series);
        deliver(output.is(Format::csv)    ? points_table(each).csv()
                : output.is(Format::json) ? json(all)
                                          : extra_p(all),
                output, settings.files);
    }
    return ExitStatus::right;
}

}  // namespace

Run add_scaling(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps of launches on several numbers of cores")
        .required();
    add_only(command, settings->only);
    add_output(command, settings->output, {"extra-p"});
    command.set_footer(
        "csv has a row for each point, json has the laws as well; extra-p writes the JSON lines that Extra-P "
        "reads "
        "(-o NAME.jsonl).");
    return [settings] { return scaling(*settings); };
}

}  // namespace pacer::timings
