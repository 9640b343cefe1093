// timings summary: one page about a machine, from the dumps of the whole suite.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/timings/builds.hpp"
#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/case_row.hpp"
#include "apps/timings/compare/environments.hpp"
#include "apps/timings/headlines.hpp"
#include "common/base/units.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files;
    Output output;
};

std::string heading(const std::vector<Launch>& launches, const std::vector<Case>& cases) {
    std::set<std::string> hosts, cpus, apps;
    for (const auto& launch : launches) {
        for (const auto& place : launch.placement) hosts.insert(place.host);
        cpus.insert(fact(launch.environment, "cpu_model", "unknown CPU"));
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
    return fmt::format("{}, {}  {} of {} from {}\n{}: {}",
                       hosts.size() == 1 ? *hosts.begin() : counted(hosts.size(), "host"),
                       cpus.size() == 1 ? *cpus.begin() : counted(cpus.size(), "kind of CPU", "kinds of CPU"),
                       counted(launches.size(), "launch", "launches"), counted(apps.size(), "app"),
                       fact(launches.front().environment, "start_time"), counted(run, "case"), verdict);
}

// What makes the numbers doubtful, the most frequent first.
Table faults_table(const std::vector<DoubtGroup>& groups, std::size_t launches) {
    Table table({{"launches", "launches", unit::figure},
                 {"warning", "warning", unit::text},
                 {"variants", "", unit::text, face::json}});
    for (const auto& group : groups) {
        std::string variants;
        auto names = Json::list();
        for (std::size_t k = 0; k < group.cases.size(); ++k) {
            if (k < 4) variants += fmt::format("{} {}", k == 0 ? ":" : ",", group.cases[k].first);
            names.push_back(group.cases[k].first);
        }
        if (group.cases.size() > 4) variants += fmt::format(" and {} more", group.cases.size() - 4);
        table.add({{group.launches, fmt::format("{} of {}", group.launches, launches)},
                   {group.sentence, group.sentence + variants},
                   std::move(names)});
    }
    return table;
}

// The cases of one app that solve problems of one kind: those with the same words among their parameters.
// Where the problems of a kind differ in numbers (sizes), the largest counts.
struct Kind {
    std::string app, words;
    Facts parameters;
    std::vector<const Case*> cases;
};

std::string kind_of(const CaseKey& key, const std::vector<Case>& cases) {
    std::string words;
    for (const auto& parameter : key.parameters) {
        const auto* text = std::get_if<std::string>(&parameter.second);
        const auto same = [&](const Case& other) {
            const auto& facts = other.key.parameters;
            return other.key.app != key.app ||
                   std::find(facts.begin(), facts.end(), parameter) != facts.end();
        };
        if (text == nullptr || std::all_of(cases.begin(), cases.end(), same)) continue;
        words += (words.empty() ? "" : " ") + *text;
    }
    return words;
}

// Whether the first number that differs is larger in `a`; parameters of one kind have the same names.
bool is_larger(const Facts& a, const Facts& b) {
    for (const auto& [name, value] : a) {
        const double in_a = number_in(a, name).value_or(0), in_b = number_in(b, name).value_or(0);
        if (in_a != in_b) return in_a > in_b;
    }
    return false;
}

std::vector<Kind> kinds_of(const std::vector<Case>& cases) {
    std::vector<Kind> kinds;
    for (const auto& one : cases) {
        if (one.launches.empty()) continue;
        const auto words = kind_of(one.key, cases);
        auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const Kind& k) { return k.app == one.key.app && k.words == words; });
        if (kind == kinds.end()) kind = kinds.insert(kind, {one.key.app, words, one.key.parameters, {}});
        if (is_larger(one.key.parameters, kind->parameters))
            *kind = {one.key.app, words, one.key.parameters, {}};
        if (kind->parameters == one.key.parameters) kind->cases.push_back(&one);
    }
    return kinds;
}

// The fastest case whose answers were right. Where only the baseline runs on one core, the others show what
// more cores gain or cost, and the baseline counts only if there is no other. None if the variants do
// different amounts of work, as strides do.
const Case* best_of(const Kind& kind) {
    const auto record = [](const Case* one) -> auto& {
        return *one->launches.front().record;
    };
    const auto is_baseline = [&](const Case* one) { return one->key.variant == record(one).baseline; };
    const bool baseline_counts = std::any_of(kind.cases.begin(), kind.cases.end(), [&](const Case* one) {
        return !is_baseline(one) && record(one).uses == Uses::core;
    });
    const Case *best = nullptr, *baseline = nullptr;
    for (const auto* one : kind.cases) {
        if (record(one).work.items != record(kind.cases.front()).work.items) return nullptr;
        if (!std::all_of(one->launches.begin(), one->launches.end(),
                         [](const CaseLaunch& l) { return l.record->verdict.right(); }))
            continue;
        auto& place = is_baseline(one) && !baseline_counts ? baseline : best;
        if (place == nullptr || median(one->medians()) < median(place->medians())) place = one;
    }
    return best != nullptr ? best : baseline;
}

// The best variant for a kind of problem.
struct Best {
    std::string app, problem;
    CaseRow row;
    std::string baseline;  // that it is compared with, if any
};

Table best_table(const std::vector<Kind>& kinds) {
    using namespace unit;
    using B = Best;
    const auto shape = [](const B& b) { return shape_cell(b.row.record->ranks, b.row.record->threads); };
    const auto speedup = [](const B& b) { return b.baseline.empty() ? 0 : b.row.summary.speedup; };
    const auto part = [](const B& b) { return b.row.summary.fraction_of_limit; };
    const std::vector<ColumnOf<B>> columns = {
        {"app", "app", text, &B::app},
        {"problem", "problem", text, &B::problem},
        {"variant", "variant", text, [](const B& b) { return b.row.record->variant; }},
        {"ranks", "", figure, [](const B& b) { return b.row.record->ranks; }},
        {"threads", "", figure, [](const B& b) { return b.row.record->threads; }},
        {"", "r x t", figure, shape},
        {"median_seconds", "median", seconds, [](const B& b) { return b.row.summary.median_seconds; }},
        {"speedup", "faster", times, speedup},
        {"baseline", "than", text, &B::baseline},
        {"fraction_of_limit", "% limit", bar, part},
    };
    std::vector<Best> rows;
    for (const auto& kind : kinds) {
        const auto* best = best_of(kind);
        if (best == nullptr) continue;
        const auto row = row_of(*best);
        const bool is_compared = row.summary.speedup > 0 && row.record->baseline != row.record->variant;
        rows.push_back({kind.app, kind.words, row, is_compared ? row.record->baseline : std::string()});
    }
    return pacer::table_of(columns, rows);
}

ExitStatus summarise_all(const Settings& settings) {
    constexpr std::size_t most_faults = 12;
    auto launches = read_launches(settings.files);
    separate_builds(launches);
    const auto cases = cases_of(launches);
    Document document("timings summary");
    document.text(heading(launches, cases));
    const auto figures = figures_of(launches);
    if (!figures.empty()) document.title("what this machine can do");
    document.table("headlines", table_of(figures));
    document.title("best of the variants of each problem");
    document.table("best", best_table(kinds_of(cases)));
    auto groups = doubt_groups(launches);
    const auto hidden =
        settings.output.for_people() ? groups.size() - std::min(most_faults, groups.size()) : 0;
    groups.resize(groups.size() - hidden);
    document.title(groups.empty() ? "nothing looks wrong with these launches"
                                  : "what makes these numbers doubtful, and in how many launches");
    document.table("warnings", faults_table(groups, launches.size()));
    if (hidden > 0) document.notes(fmt::format("and {} more; timings report shows all", hidden));
    const auto is_failed = [](const Case& one) { return one.failed > 0; };
    const auto status =
        std::any_of(cases.begin(), cases.end(), is_failed) ? ExitStatus::wrong : ExitStatus::right;
    document.value("status", static_cast<int>(status));
    if (settings.output.format == "prometheus") {
        deliver(prometheus(figures, hosts_of(launches), latest_start(launches)), settings.output,
                settings.files);
    } else {
        deliver(document, settings.output, settings.files);
    }
    return status;
}

}  // namespace

Run add_summary(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps, such as those of jobs/local.sh suite")
        .required();
    add_output(command, settings->output, {"prometheus"});
    return [settings] { return summarise_all(*settings); };
}

}  // namespace pacer::timings
