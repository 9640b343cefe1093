// timings noise: how much launches of one program differ, and so what change they could show.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/comparison_text.hpp"
#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/output.hpp"
#include "common/base/json.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

constexpr std::array launch_counts = {5, 10, 20};
constexpr std::array changes = {0.01, 0.03, 0.05, 0.10};

struct Settings {
    std::vector<std::string> files, only;
    std::string format = "table";
    bool dedupe = false;
};

// One case in all launches.
struct Noise {
    std::string name;
    CaseKey key;
    std::size_t launches = 0;
    double median_seconds = 0;
    std::int64_t failed = 0;          // launches with wrong answers: theirs are no times of the program
    std::optional<double> deviation;  // from launch to launch, of the logarithm; needs two
    std::optional<double> floor;      // see noise_floor()
};

std::vector<Noise> noises_of(const std::vector<Case>& cases) {
    std::vector<CaseKey> keys;
    for (const auto& one : cases) keys.push_back(one.key);
    std::vector<Noise> noises;
    for (const auto& one : cases) {
        if (one.launches.empty() && one.failed == 0) continue;
        Noise noise{name_of(one.key, keys), one.key, one.launches.size(), 0, one.failed, {}, {}};
        const auto seconds = one.medians();
        if (noise.failed == 0) {
            noise.median_seconds = median(seconds);
            if (seconds.size() > 1) noise.deviation = deviation_of_launches(seconds);
            noise.floor = noise_floor(seconds);
        }
        noises.push_back(noise);
    }
    return noises;
}

std::string percent(double share) {
    return fmt::format("{:.2f} %", 100 * share);
}

std::string percent(const std::optional<double>& share) {
    return share ? percent(*share) : "-";
}

std::string row_text(const Noise& noise, std::size_t width) {
    auto text = fmt::format("{:<{}}  {:>8}  ", noise.name, width, noise.launches);
    if (noise.failed > 0) {
        return text + fmt::format("FAILED: answers wrong or never checked in {} of them\n", noise.failed);
    }
    text += fmt::format("{:>9}  {:>7}  {:>7} ", format_seconds(noise.median_seconds),
                        percent(noise.deviation), percent(noise.floor));
    for (const int launches : launch_counts) {
        text += fmt::format(" {:>8}",
                            noise.deviation ? percent(visible_change(*noise.deviation, launches)) : "-");
    }
    text += " ";
    for (const double change : changes) {
        text += fmt::format(
            " {:>7}", noise.deviation ? std::to_string(launches_needed(*noise.deviation, change)) : "-");
    }
    return text + "\n";
}

// What it comes to; empty if nothing is known of any case.
std::string sentence_of(const std::vector<Noise>& noises) {
    constexpr int launches = 10;
    const Noise *calmest = nullptr, *wildest = nullptr;
    for (const auto& noise : noises) {
        if (!noise.deviation) continue;
        if (calmest == nullptr || *noise.deviation < *calmest->deviation) calmest = &noise;
        if (wildest == nullptr || *noise.deviation > *wildest->deviation) wildest = &noise;
    }
    if (calmest == nullptr) return "one launch tells nothing of how launches differ: take at least 8.";
    const auto visible = [](const Noise& noise) {
        return percent(visible_change(*noise.deviation, launches));
    };
    auto text = fmt::format("{} launches a side show a change of {} ({})", launches, visible(*calmest),
                            calmest->name);
    if (wildest != calmest) text += fmt::format(" to {} ({})", visible(*wildest), wildest->name);
    return text + " or more.";
}

std::string table_of(const std::vector<Noise>& noises) {
    std::size_t width = 4;
    for (const auto& noise : noises) width = std::max(width, noise.name.size());
    auto text = fmt::format("{:<{}}  {:>8}  {:>9}  {:>7}  {:>7} ", "", width, "", "", "launch", "noise");
    text += fmt::format(" {:>26}  {:>31}\n", "change seen by launches", "launches needed for a change of");
    text += fmt::format("{:<{}}  {:>8}  {:>9}  {:>7}  {:>7} ", "case", width, "launches", "median", "SD",
                        "floor");
    for (const int launches : launch_counts) text += fmt::format(" {:>8}", launches);
    text += " ";
    for (const double change : changes) text += fmt::format(" {:>5.0f} %", 100 * change);
    text += "\n";
    for (const auto& noise : noises) text += row_text(noise, width);
    return text + "\n" + sentence_of(noises) + "\n";
}

Json known(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// Flat, so that it is a line of CSV too.
Json object(const Noise& noise) {
    Json fields = {{"case", noise.name},
                   {"app", noise.key.app},
                   {"variant", noise.key.variant},
                   {"ranks", noise.key.ranks},
                   {"threads", noise.key.threads},
                   {"launches", noise.launches},
                   {"failed", noise.failed},
                   {"median_seconds", noise.failed > 0 ? Json(nullptr) : Json(noise.median_seconds)},
                   {"deviation", known(noise.deviation)},
                   {"noise_floor", known(noise.floor)}};
    for (const int launches : launch_counts) {
        fields.add(fmt::format("visible_change_{}_launches", launches),
                   noise.deviation ? Json(visible_change(*noise.deviation, launches)) : Json(nullptr));
    }
    for (const double change : changes) {
        fields.add(fmt::format("launches_needed_{:.0f}_percent", 100 * change),
                   noise.deviation ? Json(launches_needed(*noise.deviation, change)) : Json(nullptr));
    }
    return fields;
}

std::string text_of(const std::vector<Noise>& noises, const std::string& format) {
    if (format == "table") return table_of(noises);
    std::vector<Json> cases;
    for (const auto& noise : noises) cases.push_back(object(noise));
    if (format == "csv") return csv_of(cases);
    return Json{{"cases", cases}, {"sentence", sentence_of(noises)}}.text(2) + "\n";
}

ExitStatus report(const Settings& settings) {
    const auto launches = read_launches(settings.files, settings.dedupe);
    const auto noises = noises_of(select(cases_of(launches), settings.only));
    if (noises.empty()) throw UsageError("nothing was run in these launches");
    print(text_of(noises, settings.format));
    const auto any = [&](auto has) { return std::any_of(noises.begin(), noises.end(), has); };
    if (any([](const Noise& noise) { return noise.failed > 0; })) return ExitStatus::wrong;
    return any([](const Noise& noise) { return noise.deviation.has_value(); }) ? ExitStatus::right
                                                                               : ExitStatus::inconclusive;
}

}  // namespace

Run add_noise(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps of one program under the same circumstances")
        .required();
    command.add_list("--only", settings->only,
                     "Only these, separated by commas: APP/VARIANT, APP or /VARIANT");
    command.add_flag("--dedupe", settings->dedupe, "Take a launch once that is in several files");
    command.add_text("--format", settings->format, "What to print").one_of({"table", "json", "csv"});
    command.set_footer(
        "Exit status: 0 told; 1 answers were wrong or never checked; 2 a file cannot be read; 3 every case "
        "was launched once only.");
    return [settings] { return report(*settings); };
}

}  // namespace pacer::timings
