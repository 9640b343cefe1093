// timings noise: how much launches of one program differ from each other, and so what change they could show.
// Deviations are robust, as the estimate of timings compare is: both are made of all pairs of launches and
// withstand 29 % of outliers. Where one launch of ten was 100 times too slow, the root of the mean square is
// 270 %.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/timings/builds.hpp"
#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/difference.hpp"
#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/outliers.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    Input input;
    double margin = 0;
    Output output;
};

// One case in all launches.
struct Noise {
    std::string name;
    CaseKey key;
    std::size_t launches = 0;
    double median_seconds = 0;
    std::int64_t failed = 0;          // launches with wrong answers, whose times mean nothing
    std::optional<double> deviation;  // of the logarithms of the launches' times; needs two
    std::optional<double> floor;      // see noise_floor()
    std::size_t outlying = 0;         // launches, see outlying_launches()
    bool has_two_groups = false;
};

std::vector<Noise> noises_of(const std::vector<Case>& cases) {
    std::vector<CaseKey> keys;
    for (const auto& one : cases) keys.push_back(one.key);
    std::vector<Noise> noises;
    for (const auto& one : cases) {
        if (one.launches.empty() && one.failed == 0) continue;
        Noise noise{name_of(one.key, keys), one.key, one.launches.size(), 0, one.failed, {}, {}, 0, false};
        const auto seconds = one.medians();
        if (noise.failed == 0) {
            noise.median_seconds = median(seconds);
            std::vector<double> logarithms;
            for (const double value : seconds) logarithms.push_back(std::log(value));
            if (seconds.size() > 1) noise.deviation = robust_deviation(logarithms);
            noise.floor = noise_floor(seconds);
            noise.outlying = outlying_launches(one).size();
            noise.has_two_groups = two_modes(seconds);
        }
        noises.push_back(noise);
    }
    return noises;
}

std::string percent(double share) {
    return fmt::format("{:.2f} %", 100 * share);
}

Cell median_cell(const Noise& noise) {
    if (noise.failed == 0) return noise.median_seconds;
    auto cell =
        Cell(nullptr, fmt::format("FAILED: answers wrong or never checked in {} of them", noise.failed))
            .marked("bad");
    cell.ends_row = true;
    return cell;
}

Table table_of(const std::vector<Noise>& noises) {
    using namespace unit;
    using N = Noise;
    constexpr Unit share{false, pacer::timings::percent};
    std::vector<ColumnOf<N>> columns = {
        {"case", "case", text, &N::name},
        {"app", "", text, [](const N& n) { return n.key.app; }},
        {"variant", "", text, [](const N& n) { return n.key.variant; }},
        {"ranks", "", figure, [](const N& n) { return n.key.ranks; }},
        {"threads", "", figure, [](const N& n) { return n.key.threads; }},
        {"launches", "launches", figure, &N::launches},
        {"failed", "", figure, &N::failed},
        {"median_seconds", "median", seconds, median_cell},
        {"deviation", "SD", share, &N::deviation, face::all,
         "standard deviation from launch to launch, without outliers"},
        {"noise_floor", "floor", share, &N::floor, face::all,
         "how much two sets of launches differ by chance"},
        {"outlying_launches", "", figure, &N::outlying, face::csv | face::json},
    };
    for (const int launches : {5, 10, 20}) {
        const auto visible = [=](const N& n) {
            return n.deviation ? Cell(visible_change(*n.deviation, launches)) : Cell();
        };
        columns.push_back({fmt::format("visible_change_{}_launches", launches),
                           fmt::format("seen by {}", launches), share, visible});
    }
    for (const int change : {1, 3, 5, 10}) {
        const auto needed = [=](const N& n) {
            return n.deviation ? Cell(launches_needed(*n.deviation, change / 100.0)) : Cell();
        };
        columns.push_back({fmt::format("launches_needed_{}_percent", change), fmt::format("for {} %", change),
                           figure, needed});
    }
    return pacer::table_of(columns, noises);
}

std::vector<std::string> cases_in_two_groups(const std::vector<Noise>& noises) {
    std::vector<std::string> names;
    for (const auto& noise : noises) {
        if (noise.has_two_groups) names.push_back(noise.name);
    }
    return names;
}

std::string sentence_of(const std::vector<Noise>& noises) {
    constexpr int launches = 10;
    const Noise *calmest = nullptr, *wildest = nullptr;
    for (const auto& noise : noises) {
        if (!noise.deviation) continue;
        if (calmest == nullptr || *noise.deviation < *calmest->deviation) calmest = &noise;
        if (wildest == nullptr || *noise.deviation > *wildest->deviation) wildest = &noise;
    }
    if (calmest == nullptr) return "one launch says nothing about how launches differ: take at least 8.";
    const auto visible = [](const Noise& noise) {
        return percent(visible_change(*noise.deviation, launches));
    };
    auto text = fmt::format("{} launches a side are enough to see a change of {} ({})", launches,
                            visible(*calmest), calmest->name);
    if (wildest != calmest) text += fmt::format(" to {} ({})", visible(*wildest), wildest->name);
    return text + ".";
}

// Cases in which so many launches as these show no change of a few margins.
std::vector<std::string> too_noisy_among(const std::vector<Noise>& noises, double margin) {
    std::vector<std::string> lines;
    for (const auto& noise : noises) {
        if (!noise.deviation) continue;
        const double visible = std::max(visible_change(*noise.deviation, static_cast<int>(noise.launches)),
                                        noise.floor.value_or(0));
        if (visible > too_many_margins * margin)
            lines.push_back(fmt::format("{}: {} launches show no change below {}", noise.name, noise.launches,
                                        percent(visible)));
    }
    return lines;
}

ExitStatus show_noise(const Settings& settings) {
    auto launches = read_launches(settings.input.files, settings.input.dedupe);
    separate_builds(launches);
    const auto cases = select(cases_of(launches), settings.input.only);
    const auto noises = noises_of(cases);
    if (noises.empty()) throw UsageError("nothing was run in these launches");
    Document document("timings noise");
    document.table("cases", table_of(noises));
    document.notes(
        "SD: the standard deviation from launch to launch, outliers aside. floor: how much two "
        "sets of "
        "launches differ by chance. seen by N: the smallest change that N launches a side can show. for X %: "
        "the "
        "launches a side that it takes to show a change of X %");
    document.list("outliers", "outlier", sentences_of_outliers(cases));
    document.list("two_groups", "two groups of launches", cases_in_two_groups(noises));
    document.sentence("sentence", sentence_of(noises));
    std::vector<std::string> too_noisy, untested;
    if (settings.margin > 0) {
        too_noisy = too_noisy_among(noises, settings.margin);
        untested = untested_among(cases);
    }
    document.list("too_noisy", "too noisy", too_noisy);
    document.list("untested", "untested", untested);
    deliver(document, settings.output, settings.input.files);
    const auto any = [&](auto has) { return std::any_of(noises.begin(), noises.end(), has); };
    if (any([](const Noise& noise) { return noise.failed > 0; })) return ExitStatus::wrong;
    const bool is_known = any([](const Noise& noise) { return noise.deviation.has_value(); });
    return is_known && too_noisy.empty() && untested.empty() ? ExitStatus::right : ExitStatus::inconclusive;
}

}  // namespace

Run add_noise(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    add_input(command, settings->input, "Timing dumps of one program in one environment");
    command.add_number("--margin", settings->margin, 1,
                       "The change that shall be seen: name the cases where three times as much is not");
    add_output(command, settings->output);
    command.set_footer(
        "Exit status: 0 the noise is known; 1 answers were wrong or never checked; 2 a file cannot be read; "
        "3 "
        "every case was launched only once, or, with --margin, a case is too noisy or was never run.");
    return [settings] { return show_noise(*settings); };
}

}  // namespace pacer::timings
