#include "common/measure/doubts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "common/machine/host_facts.hpp"
#include "common/machine/watch.hpp"
#include "common/measure/statistics.hpp"

namespace pacer {

namespace {

std::ptrdiff_t place_of(std::string_view kind) {
    const auto kinds = doubt_kinds();
    return std::find_if(kinds.begin(), kinds.end(), [&](const auto& its) { return its.name == kind; }) -
           kinds.begin();
}

double number(const Facts& facts, std::string_view name) {
    for (const auto& [known, value] : facts) {
        if (known != name) continue;
        if (const auto* real = std::get_if<double>(&value)) return *real;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    }
    return 0;
}

// What the facts of a launch tell.
void add_environment(const Launch& launch, std::vector<Doubt>& doubts) {
    const auto& facts = launch.environment;
    if (auto speeds = unsteady_clock_rate(facts); !speeds.empty())
        doubts.push_back({"unsteady_clock_rate", -1, std::move(speeds), 0});
    const auto hosts = launch.hosts.empty() ? std::vector<HostFacts>{{"this host", facts}} : launch.hosts;
    for (auto& doubt : doubts_of(hosts)) doubts.push_back(std::move(doubt));
}

// Why there are fewer repeats than wanted.
void add_ending(const Record& record, double count, bool count_asked, const auto& add) {
    if (record.stopped_by != StoppedBy::budget && record.stopped_by != StoppedBy::signal) return;
    const bool stopped = record.stopped_by == StoppedBy::signal;
    if (count_asked) {
        add(stopped ? "repeats_missing_at_stop" : "repeats_missing", count);
    } else {
        add(stopped ? "median_unknown_at_stop" : "median_unknown", count);
    }
    if (count < static_cast<double>(fewest_for_interval))
        add(stopped ? "few_repeats_at_stop" : "few_repeats", count);
}

// The most extreme of the outlying repeats as a multiple of the median; 1 if there are none. A machine that
// does other things as well often makes a repeat twice as long: those are not worth a word.
double most_outlying(const std::vector<double>& seconds, double typical) {
    constexpr double least = 3;
    std::vector<double> logarithms;
    for (const double value : seconds) logarithms.push_back(std::log(value));
    double extreme = 1;
    for (const auto i : outlying(logarithms, std::log(least))) {
        const double ratio = seconds[i] / typical;
        if (std::abs(std::log(ratio)) > std::abs(std::log(extreme))) extreme = ratio;
    }
    return extreme;
}

// What the samples of a case tell.
void add_samples(const Record& record, int index, bool count_asked, std::vector<Doubt>& doubts) {
    if (record.repeats() == 0) return;
    const auto add = [&](const char* kind, double value) { doubts.push_back({kind, index, "", value}); };
    const auto seconds = record.repeat_seconds();
    const double typical = median(seconds);
    if (record.limit.seconds > 1.02 * typical) add("below_limit", record.limit.seconds / typical);
    add_ending(record, static_cast<double>(seconds.size()), count_asked, add);
    if (record.first_seconds > 1.5 * typical) add("cold_first", record.first_seconds / typical);
    if (const double change = drift(seconds) - 1; std::abs(change) > 0.05) add("drift", change);
    if (const double correlation = lag1_autocorrelation(seconds); seconds.size() >= 10 && correlation > 0.5)
        add("correlation", correlation);
    if (two_modes(seconds)) add("two_modes", 0);
    if (const double ratio = most_outlying(seconds, typical); ratio != 1) add("outlying_repeats", ratio);
    if (record.batch > 1) add("batch", static_cast<double>(record.batch));
}

// "mpi (1.7x)" of a doubt about that case.
std::string case_words(const Doubt& doubt, const Launch& launch) {
    auto text = case_name(launch.records[static_cast<std::size_t>(doubt.record)], launch.records);
    const auto words = value_words(doubt_kind(doubt.kind), doubt.value, doubt.value);
    return words.empty() ? text : fmt::format("{} ({})", text, words);
}

struct Gathered {
    const Doubt* first = nullptr;
    double low = 0, high = 0;
    std::set<const Launch*> launches;
    std::vector<std::string> names;  // of cases, in the order found
    std::map<std::string, std::set<const Launch*>> cases;

    void add(const Doubt& doubt, const Launch& launch) {
        low = launches.empty() ? doubt.value : std::min(low, doubt.value);
        high = launches.empty() ? doubt.value : std::max(high, doubt.value);
        launches.insert(&launch);
        if (doubt.record < 0) return;
        const auto& name = launch.records[static_cast<std::size_t>(doubt.record)].variant;
        const auto [known, is_new] = cases.try_emplace(name);
        if (is_new) names.push_back(name);
        known->second.insert(&launch);
    }

    DoubtGroup group() const {
        const auto& kind = doubt_kind(first->kind);
        DoubtGroup group{sentence(*first), kind.gravity, launches.size(), {}};
        if (!kind.name.empty()) group.sentence = sentence(kind, first->subject, low, high);
        if (first->record >= 0) {
            const auto words = value_words(kind, low, high);
            if (!words.empty()) group.sentence += fmt::format(" ({})", words);
        }
        for (const auto& name : names) group.cases.emplace_back(name, cases.at(name).size());
        return group;
    }
};

}  // namespace

std::vector<Doubt> all_doubts(const Launch& launch) {
    auto doubts = launch.doubts;
    add_environment(launch, doubts);
    const bool count_asked = number(launch.environment, "repeats_asked") > 0;
    for (std::size_t i = 0; i < launch.records.size(); ++i)
        add_samples(launch.records[i], static_cast<int>(i), count_asked, doubts);
    const auto place = [](const Doubt& doubt) {
        return std::tuple(place_of(doubt.kind), std::string_view(doubt.kind), doubt.record >= 0,
                          doubt.record >= 0 ? std::string_view(doubt.subject) : "");
    };
    std::stable_sort(doubts.begin(), doubts.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return doubts;
}

std::vector<Warning> warnings_of(const Launch& launch, std::size_t most_cases) {
    std::vector<Warning> warnings;
    const auto doubts = all_doubts(launch);
    for (auto doubt = doubts.begin(); doubt != doubts.end();) {
        if (doubt->record < 0) {
            warnings.push_back({doubt_kind(doubt->kind).gravity, sentence(*doubt)});
            ++doubt;
            continue;
        }
        std::vector<std::string> cases;
        const auto& first = *doubt;
        for (; doubt != doubts.end() && doubt->kind == first.kind && doubt->subject == first.subject &&
               doubt->record >= 0;
             ++doubt)
            cases.push_back(case_words(*doubt, launch));
        if (cases.size() > most_cases) {
            const auto more = cases.size() - (most_cases - 1);
            cases.resize(most_cases - 1);
            cases.push_back(fmt::format("and {} more", more));
        }
        warnings.push_back(
            {doubt_kind(first.kind).gravity, fmt::format("{}: {}", sentence(first), fmt::join(cases, ", "))});
    }
    return warnings;
}

std::vector<std::string> doubt_sentences(const Launch& launch, std::size_t most_cases) {
    std::vector<std::string> sentences;
    for (auto& warning : warnings_of(launch, most_cases)) sentences.push_back(std::move(warning.words));
    return sentences;
}

std::vector<DoubtGroup> doubt_groups(const std::vector<Launch>& launches) {
    std::vector<std::vector<Doubt>> of_launches;
    std::map<std::tuple<std::ptrdiff_t, std::string, std::string, bool>, Gathered> gathered;
    for (const auto& launch : launches) of_launches.push_back(all_doubts(launch));
    for (std::size_t i = 0; i < launches.size(); ++i) {
        for (const auto& doubt : of_launches[i]) {
            auto& group = gathered[{place_of(doubt.kind), doubt.kind, doubt.subject, doubt.record >= 0}];
            if (group.first == nullptr) group.first = &doubt;
            group.add(doubt, launches[i]);
        }
    }
    std::vector<DoubtGroup> groups;
    for (const auto& [key, group] : gathered) groups.push_back(group.group());
    std::stable_sort(groups.begin(), groups.end(), [](auto& a, auto& b) { return a.launches > b.launches; });
    return groups;
}

}  // namespace pacer
