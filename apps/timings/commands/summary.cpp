// timings summary: one page about a machine, from the dumps of the whole suite.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/compare/cases.hpp"
#include "apps/timings/figures.hpp"
#include "apps/timings/output.hpp"
#include "common/base/units.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string heading(const std::vector<Launch>& launches, const std::vector<Case>& cases) {
    std::set<std::string> hosts, cpus, apps;
    for (const auto& launch : launches) {
        for (const auto& place : launch.placement) hosts.insert(place.host);
        cpus.insert(fact(launch.circumstances, "cpu_model", "unknown CPU"));
    }
    std::size_t run = 0, failed = 0;
    for (const auto& one : cases) {
        apps.insert(one.key.app);
        run += one.launches.empty() ? 0 : 1;
        failed += one.failed > 0 ? 1 : 0;
    }
    const auto verdict = failed > 0 ? fmt::format("WRONG or unchecked answers in {} of them", failed)
                         : run == 0 ? std::string("nothing was run")
                                    : std::string("every answer was checked and right, or wrong as promised");
    return fmt::format("{}, {}  {} of {} from {}\n{}: {}\n",
                       hosts.size() == 1 ? *hosts.begin() : counted(hosts.size(), "host", "hosts"),
                       cpus.size() == 1 ? *cpus.begin() : counted(cpus.size(), "kind of CPU", "kinds of CPU"),
                       counted(launches.size(), "launch", "launches"), counted(apps.size(), "app", "apps"),
                       fact(launches.front().circumstances, "start_time"), counted(run, "case", "cases"),
                       verdict);
}

std::string ability(const std::vector<Case>& cases) {
    std::string text;
    for (const auto& [words, value, source] : figures_of(cases)) {
        text += fmt::format("  {:>13}  {:<44} {}\n", value, words, source);
    }
    return text.empty() ? "" : "\nwhat this machine can do\n" + text;
}

// Whatever made the numbers doubtful, the most frequent first.
std::string faults(const std::vector<Launch>& launches) {
    constexpr std::size_t most = 12;
    const auto groups = doubt_groups(launches);
    if (groups.empty()) return "\nwhat is wrong with it: nothing was seen\n";
    std::string text = "\nwhat is wrong with it, in how many launches\n";
    for (std::size_t i = 0; i < std::min(most, groups.size()); ++i) {
        const auto& group = groups[i];
        std::string variants;
        for (std::size_t k = 0; k < std::min<std::size_t>(group.cases.size(), 4); ++k) {
            variants += fmt::format("{} {}", k == 0 ? ":" : ",", group.cases[k].first);
        }
        if (group.cases.size() > 4) variants += fmt::format(" and {} more", group.cases.size() - 4);
        text += fmt::format("  {:>7}  {}{}\n", fmt::format("{} of {}", group.launches, launches.size()),
                            group.sentence, variants);
    }
    if (groups.size() > most)
        text += fmt::format("  and {} more: timings report shows all\n", groups.size() - most);
    return text;
}

// The cases of one app that solve problems of one kind, told apart by words. Where the problems of a kind
// differ in numbers (sizes), the largest counts.
struct Kind {
    std::string app, words;
    Facts parameters;
    std::vector<const Case*> cases;
};

std::string words_of(const CaseKey& key, const std::vector<Case>& cases) {
    std::string words;
    for (const auto& [name, value] : key.parameters) {
        const auto* text = std::get_if<std::string>(&value);
        const auto same = [&, n = name, v = value](const Case& other) {
            const auto& facts = other.key.parameters;
            return other.key.app != key.app ||
                   std::find(facts.begin(), facts.end(), Facts::value_type(n, v)) != facts.end();
        };
        if (text == nullptr || std::all_of(cases.begin(), cases.end(), same)) continue;
        words += (words.empty() ? "" : " ") + *text;
    }
    return words;
}

// Whether the first number that differs is larger in `a`; parameters of one kind have the same names.
bool is_larger(const Facts& a, const Facts& b) {
    const auto number = [](const auto& value) {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
        const auto* real = std::get_if<double>(&value);
        return real == nullptr ? 0 : *real;
    };
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double in_a = number(a[i].second), in_b = number(b[i].second);
        if (in_a != in_b) return in_a > in_b;
    }
    return false;
}

std::vector<Kind> kinds_of(const std::vector<Case>& cases) {
    std::vector<Kind> kinds;
    for (const auto& one : cases) {
        if (one.launches.empty()) continue;
        const auto words = words_of(one.key, cases);
        auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const Kind& k) { return k.app == one.key.app && k.words == words; });
        if (kind == kinds.end()) kind = kinds.insert(kind, {one.key.app, words, one.key.parameters, {}});
        if (is_larger(one.key.parameters, kind->parameters))
            *kind = {one.key.app, words, one.key.parameters, {}};
        if (kind->parameters == one.key.parameters) kind->cases.push_back(&one);
    }
    return kinds;
}

// The fastest case whose answers were right. None if the variants do different amounts of work: strides, say.
// What overhead compares with (a call, a copy) does without what its other variants are the price of.
const Case* best_of(const Kind& kind) {
    const auto items = [](const Case* one) { return one->launches.front().record->work.items; };
    const auto alike = [&](const Case* one) { return items(one) == items(kind.cases.front()); };
    if (!std::all_of(kind.cases.begin(), kind.cases.end(), alike)) return nullptr;
    const Case* best = nullptr;
    for (const auto* one : kind.cases) {
        if (kind.app == "overhead" && one->key.variant == one->launches.front().record->baseline) continue;
        if (!std::all_of(one->launches.begin(), one->launches.end(),
                         [](const CaseLaunch& l) { return l.record->verdict.right(); }))
            continue;
        if (best == nullptr || median(one->medians()) < median(best->medians())) best = one;
    }
    return best;
}

// Over launches, the median of those that have it; 0 if none has.
double middle(const Case& one, double Summary::*figure) {
    std::vector<double> values;
    for (const auto& [launch, record, seconds] : one.launches) {
        const double value = summarise(*record, *launch).*figure;
        if (value > 0) values.push_back(value);
    }
    return values.empty() ? 0 : median(values);
}

std::string best_variants(const std::vector<Case>& cases) {
    std::string text = fmt::format("\n{:<9} {:<20} {:<16} {:>7} {:>10} {:>9} {:<12} {:>7}\n", "best of", "",
                                   "variant", "r x t", "median", "faster", "than", "% limit");
    for (const auto& kind : kinds_of(cases)) {
        const auto* best = best_of(kind);
        if (best == nullptr) continue;
        const double speedup = middle(*best, &Summary::speedup);
        const double limit = middle(*best, &Summary::fraction_of_limit);
        const auto& baseline = best->launches.front().record->baseline;
        const bool is_compared = speedup >= 0.005 && baseline != best->key.variant;
        text += fmt::format("{:<9} {:<20} {:<16} {:>7} {:>10} {:>9} {:<12} {:>7}\n", kind.app, kind.words,
                            best->key.variant, fmt::format("{} x {}", best->key.ranks, best->key.threads),
                            format_seconds(median(best->medians())),
                            is_compared ? fmt::format("{:.2f}x", speedup) : "-", is_compared ? baseline : "",
                            limit > 0 ? fmt::format("{:.1f}", 100 * limit) : "-");
    }
    return text;
}

ExitStatus summarise_all(const std::vector<std::string>& files) {
    const auto launches = read_launches(files);
    const auto cases = cases_of(launches);
    print(heading(launches, cases) + ability(cases) + best_variants(cases) + faults(launches));
    const auto is_failed = [](const Case& one) { return one.failed > 0; };
    return std::any_of(cases.begin(), cases.end(), is_failed) ? ExitStatus::wrong : ExitStatus::right;
}

}  // namespace

Run add_summary(Arguments& command) {
    const auto files = std::make_shared<std::vector<std::string>>();
    command.add_words("FILE", *files, "Timing dumps, as of jobs/local.sh suite").required();
    return [files] { return summarise_all(*files); };
}

}  // namespace pacer::timings
