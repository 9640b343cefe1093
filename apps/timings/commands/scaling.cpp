// timings scaling: how time depends on the number of cores, and which laws describe it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/output.hpp"
#include "apps/timings/scaling/series.hpp"
#include "common/base/json.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files, only;
    std::string format = "table", output;
};

std::string text_of(const Facts& facts) {
    std::string text;
    for (const auto& [name, value] : facts) text += fmt::format("  {} {}", name, to_string(value));
    return text;
}

std::string heading(const ScalingSeries& series) {
    auto text = fmt::format("{}/{}  {} scaling{}", series.app, series.variant, name_of(series.kind),
                            text_of(series.parameters));
    for (const auto& [name, value] : series.grown) {
        text += fmt::format("  {} {} a core", name, to_string(value));
    }
    return text + "\n";
}

std::string row(const ScalingPoint& point) {
    const auto interval = [&](const Estimate& estimate, auto&& format) {
        return estimate.has_interval ? fmt::format("{} .. {}", format(estimate.low), format(estimate.high))
                                     : std::string("-");
    };
    const auto times = [](double speedup) {
        return fmt::format("{:.{}f}x", speedup, speedup < 0.995 ? 3 : 2);  // a parallel loop may lose to SIMD
    };
    return fmt::format("{:>9} {:>8} {:>10}  {:<22} {:>8}  {:<18} {:>10.1f} {:>9.2f}\n",
                       fmt::format("{} x {}", point.ranks, point.threads), point.launches,
                       format_seconds(point.seconds.value), interval(point.seconds, format_seconds),
                       times(point.speedup.value), interval(point.speedup, times),
                       100 * point.efficiency.value, point.imbalance);
}

std::string laws(const ScalingSeries& series) {
    std::string text;
    if (series.amdahl) {
        const auto& law = *series.amdahl;
        const auto most = law.serial_fraction > 0
                              ? fmt::format("never over {:.3g}x",
                                            series.base_seconds / law.one_core_seconds / law.serial_fraction)
                              : std::string("no end in sight");
        text += fmt::format("Amdahl's law: {:.2f} % serial, {}; off by {:.1f} %\n", 100 * law.serial_fraction,
                            most, 100 * std::expm1(law.residual));
    }
    if (series.universal) {
        const auto& law = *series.universal;
        const auto best = law.best_cores > 0
                              ? fmt::format("best on {:.0f} core{}, {:.3g}x", law.best_cores,
                                            std::round(law.best_cores) == 1 ? "" : "s", law.best_speedup)
                              : std::string("no end in sight");
        text += fmt::format(
            "Universal Scalability Law: contention {:.3g}, coherency {:.3g}, {}; off by {:.1f} %\n",
            law.contention, law.coherency, best, 100 * std::expm1(law.residual));
    }
    for (std::size_t at = 0; at < series.note.size();) {  // a line each
        const auto end = std::min(series.note.find("; ", at), series.note.size());
        text += fmt::format("note: {}\n", series.note.substr(at, end - at));
        at = end + 2;
    }
    return text;
}

std::string table(const std::vector<ScalingSeries>& all) {
    std::string text;
    bool lacking = false;
    for (const auto& series : all) {
        text += (text.empty() ? "" : "\n") + heading(series);
        text += fmt::format("{:>9} {:>8} {:>10}  {:<22} {:>8}  {:<18} {:>10} {:>9}\n", "r x t", "launches",
                            "median", "95 % interval", "speedup", "95 % interval", "efficiency", "imbalance");
        for (const auto& point : series.points) {
            text += row(point);
            lacking = lacking || !point.seconds.has_interval || !point.speedup.has_interval;
        }
        text += fmt::format("speedup and efficiency (%) against {}\n", series.base) + laws(series);
    }
    if (lacking) {
        text +=
            "\n95 % intervals of times need 6 launches, of speedups 4 and 4 of the base; more launches: "
            "jobs/launches.sh\n";
    }
    return text;
}

// A field of a CSV line, quoted where RFC 4180 wants it.
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + "\"";
}

// Low and high, or two empty fields.
std::string limits_of(const Estimate& estimate) {
    return estimate.has_interval ? fmt::format("{},{}", estimate.low, estimate.high) : std::string(",");
}

std::string csv(const std::vector<ScalingSeries>& all) {
    std::string text =
        "app,variant,scaling,parameters,ranks,threads,cores,launches,median_seconds,interval_low_seconds,"
        "interval_high_seconds,speedup,speedup_low,speedup_high,efficiency,imbalance,base_seconds,base_cores,"
        "amdahl_speedup,universal_speedup\n";
    const auto fitted = [](bool there, double value) { return there ? fmt::format("{}", value) : ""; };
    for (const auto& series : all) {
        std::string parameters;
        for (const auto& [name, value] : series.parameters) {
            parameters += fmt::format("{}{}={}", parameters.empty() ? "" : " ", name, to_string(value));
        }
        for (const auto& [name, value] : series.grown) {
            parameters +=
                fmt::format("{}{}_a_core={}", parameters.empty() ? "" : " ", name, to_string(value));
        }
        for (const auto& point : series.points) {
            text += fmt::format(
                "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", field(series.app),
                field(series.variant), name_of(series.kind), field(parameters), point.ranks, point.threads,
                point.cores(), point.launches, point.seconds.value, limits_of(point.seconds),
                point.speedup.value, limits_of(point.speedup), point.efficiency.value, point.imbalance,
                series.base_seconds, series.base_cores,
                fitted(series.amdahl.has_value(), series.fitted_speedup_amdahl(point.cores())),
                fitted(series.universal.has_value(), series.fitted_speedup_universal(point.cores())));
        }
    }
    return text;
}

Json object(const Facts& facts) {
    Json result = Json::object();
    for (const auto& [name, value] : facts) {
        std::visit([&, key = name](const auto& held) { result.add(key, held); }, value);
    }
    return result;
}

// An absent interval is null.
Json object(const Estimate& estimate) {
    const auto bound = [&](double value) { return estimate.has_interval ? Json(value) : Json(nullptr); };
    return {{"value", estimate.value}, {"low", bound(estimate.low)}, {"high", bound(estimate.high)}};
}

Json object(const ScalingPoint& point) {
    return {{"ranks", point.ranks},
            {"threads", point.threads},
            {"cores", point.cores()},
            {"launches", point.launches},
            {"seconds", object(point.seconds)},
            {"speedup", object(point.speedup)},
            {"efficiency", object(point.efficiency)},
            {"imbalance", point.imbalance},
            {"launch_medians_seconds", point.medians}};
}

Json object(const std::optional<AmdahlFit>& law) {
    if (!law) return nullptr;
    return {{"serial_fraction", law->serial_fraction},
            {"one_core_seconds", law->one_core_seconds},
            {"residual", law->residual}};
}

Json object(const std::optional<UniversalFit>& law) {
    if (!law) return nullptr;
    const auto known = [&](double value) { return law->best_cores > 0 ? Json(value) : Json(nullptr); };
    return {{"contention", law->contention},
            {"coherency", law->coherency},
            {"one_core_seconds", law->one_core_seconds},
            {"best_cores", known(law->best_cores)},
            {"best_speedup", known(law->best_speedup)},
            {"residual", law->residual}};
}

std::string json(const std::vector<ScalingSeries>& all) {
    Json list = Json::list();
    for (const auto& series : all) {
        Json points = Json::list();
        for (const auto& point : series.points) points.push_back(object(point));
        list.push_back(Json{
            {"app", series.app},
            {"variant", series.variant},
            {"scaling", std::string(name_of(series.kind))},
            {"parameters", object(series.parameters)},
            {"parameters_a_core", object(series.grown)},
            {"base",
             Json{{"name", series.base}, {"seconds", series.base_seconds}, {"cores", series.base_cores}}},
            {"points", points},
            {"amdahl", object(series.amdahl)},
            {"universal", object(series.universal)},
            {"note", series.note}});
    }
    return Json{{"series", list}}.text(2) + "\n";
}

// Extra-P's JSON Lines (its docs/file-formats.md): an object a point, all launches' medians its repetitions.
// Its older text format wants the same points of every region, and series need not have them.
std::string extra_p(const std::vector<ScalingSeries>& all) {
    std::string text;
    for (const auto& series : all) {
        auto path = fmt::format("{}->{}", series.app, series.variant);
        const bool only_one = std::count_if(all.begin(), all.end(), [&](const auto& other) {
                                  return other.app == series.app && other.variant == series.variant;
                              }) == 1;
        if (!only_one) path += fmt::format("->{}{}", name_of(series.kind), text_of(series.parameters));
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
    protect(settings.files, settings.output);
    const auto launches = read_launches(settings.files);
    const auto all = scaling_of(cases_of(launches), settings.only);
    if (all.empty()) {
        throw UsageError(
            "nothing here ran on different numbers of cores; give launches of the same problem "
            "with other numbers of ranks or threads too");
    }
    const auto text = settings.format == "csv"       ? csv(all)
                      : settings.format == "json"    ? json(all)
                      : settings.format == "extra-p" ? extra_p(all)
                                                     : table(all);
    if (settings.output.empty()) {
        print(text);
    } else {
        save(text, settings.output);
    }
    return ExitStatus::right;
}

}  // namespace

Run add_scaling(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps of launches on several numbers of cores")
        .required();
    command.add_list("--only", settings->only, "Only these: APP/VARIANT, APP or /VARIANT");
    command
        .add_text("--format", settings->format,
                  "table; csv: a row a point; json: with the laws; extra-p: JSON lines that Extra-P reads "
                  "(-o NAME.jsonl)")
        .one_of({"table", "csv", "json", "extra-p"});
    command.add_text("-o,--output", settings->output,
                     "File to write, replacing what it held [standard output]");
    return [settings] { return scaling(*settings); };
}

}  // namespace pacer::timings
