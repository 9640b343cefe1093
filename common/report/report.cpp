#include "common/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>

#include "common/base/groups.hpp"
#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/sweep.hpp"

namespace pacer {

namespace {

using Records = std::vector<const Record*>;

// Slowest first, then what was not run.
void sort_by_time(Records& records) {
    const auto time = [](const Record* r) { return r->repeats() > 0 ? median(r->repeat_seconds()) : -1; };
    std::stable_sort(records.begin(), records.end(), [&](auto* a, auto* b) { return time(a) > time(b); });
}

std::string heading(const Launch& launch) {
    const auto& facts = launch.environment;
    std::string text = fact(facts, "program") + " " + fact(facts, "version");
    if (!launch.records.empty()) {
        const auto& first = launch.records.front();
        const auto particular = particular_parameters(first, launch.records);
        for (const auto& parameter : first.parameters) {
            if (std::find(particular.begin(), particular.end(), parameter) == particular.end())
                text += "  " + words_of({parameter});
        }
    }
    std::set<std::string> hosts;
    for (const auto& place : launch.placement) hosts.insert(place.host);
    // The CPU is that of rank 0's host.
    return text + fmt::format("\n{}  {}, {}  {}{}", fact(facts, "start_time"),
                              hosts.empty() ? std::string("unknown host") : launch.placement.front().host,
                              fact(facts, "cpu_model"), counted(launch.placement.size(), "rank"),
                              hosts.size() > 1 ? fmt::format(" on {} hosts", hosts.size()) : "");
}

// How the calls of a variant that clocks each of them are spread.
std::string calls_line(const Record& record) {
    const auto& calls = record.calls;
    if (calls.empty()) return {};
    const auto slowest = calls.slowest();
    const auto all = std::accumulate(calls.calls.begin(), calls.calls.end(), std::int64_t{0});
    const auto [fewest, most] = std::minmax_element(calls.calls.begin(), calls.calls.end());
    std::string batches;
    if (*most > 1) {
        const auto each = *fewest == *most ? fmt::format("{}", *most) : fmt::format("{}-{}", *fewest, *most);
        batches = fmt::format(" in batches of {} (one is too short for the clock)", each);
    }
    return fmt::format("{}: {}{}, 99 % within {}, slowest {}\n", record.variant,
                       counted(static_cast<std::size_t>(all), "call"), batches,
                       format_seconds(quantile(slowest, 0.99)), format_seconds(quantile(slowest, 1)));
}

// What the speedups and percentages refer to, what else was seen, and which answers were wrong.
std::string footnotes(const Records& problem) {
    std::string text;
    for (const auto* record : problem) {
        if (record->variant != record->baseline || record->repeats() == 0) continue;
        text += fmt::format("speedup and efficiency (%) against {}: {} on {}\n", record->baseline,
                            format_seconds(median(record->repeat_seconds())),
                            occupation(record->uses, record->ranks, record->threads));
    }
    std::vector<std::string> limits;
    for (const auto* record : problem) {
        const auto& limit = record->limit;
        if (limit.seconds == 0) continue;
        auto words = fmt::format("{}: {}", format_seconds(limit.seconds), limit.derived);
        if (std::find(limits.begin(), limits.end(), words) == limits.end())
            limits.push_back(std::move(words));
    }
    for (const auto& limit : limits) text += fmt::format("limit {}\n", limit);
    for (const auto* record : problem) {
        for (const auto& [name, values] : record->observed) {
            if (name == error_ulp) continue;  // a column
            text += fmt::format("{}: {} {:.6g} ({:.6g} .. {:.6g})\n", record->variant, name, median(values),
                                quantile(values, 0), quantile(values, 1));
        }
    }
    for (const auto* record : problem) text += calls_line(*record);
    for (const auto* record : problem) {
        if (record->verdict.failed > 0)
            text += fmt::format("{}: {}\n", record->variant, record->verdict.words());
    }
    return text;
}

std::string answer_line(const Records& problem) {
    std::set<std::string> answers;
    bool has_errors = false;
    for (const auto* record : problem) {
        if (record->repeats() > 0 && record->verdict.right()) answers.insert(record->verdict.want);
        has_errors = has_errors || std::any_of(record->observed.begin(), record->observed.end(),
                                               [](const Series& one) { return one.name == error_ulp; });
    }
    if (answers.empty()) return {};
    if (answers.size() > 1) return "each variant has its answer, checked in every repeat";
    const auto want = parse_number(*answers.begin());
    const auto bits = want && has_errors ? fmt::format(" = {:a}", want->as_double()) : "";
    return fmt::format("answer {}{}, checked in every repeat", *answers.begin(), bits);
}

void describe_problem(const Launch& launch, Records problem, Document& document) {
    sort_by_time(problem);
    const auto title = words_of(particular_parameters(*problem.front(), launch.records), "  ");
    if (title.empty()) {
        document.notes(answer_line(problem));
    } else {
        document.title(title);
        document.text(answer_line(problem));
    }
    std::vector<CaseRow> rows;
    for (const auto* record : problem) rows.push_back(row_of(*record, launch));
    document.table("", cases_table(rows));
    document.text(footnotes(problem));
}

Table shares_table(const Record& record, const Launch& launch) {
    Table table({{"", "rank", unit::figure},
                 {"", "host", unit::text},
                 {"", "pid", unit::figure},
                 {"", "cpus allowed", unit::text},
                 {"", "threads", unit::figure},
                 {"", "items", unit::figure},
                 {"", "partial result", unit::text}});
    for (const auto& share : record.shares) {
        const auto& place = launch.placement.at(static_cast<std::size_t>(share.rank));
        table.add({share.rank, place.host, place.pid, place.cpus_allowed, share.threads, share.items,
                   share.partial});
    }
    const auto partials = sum_of_partials(record.shares);
    table.add({"all", "", "", "", "", to_string(sum_of_items(record.shares)),
               partials ? to_string(*partials) : "not all are numbers"});
    return table;
}

}  // namespace

void describe(const Launch& launch, bool proof, Document& document, bool all_cases) {
    document.text(heading(launch));
    if (const auto parameter = long_sweep(launch.records)) {
        describe_sweep(launch, *parameter, document);
    } else {
        for (auto& problem : groups_of(launch.records, same_problem))
            describe_problem(launch, std::move(problem), document);
    }
    Records records;
    for (const auto& record : launch.records) {
        if (proof && !record.shares.empty()) records.push_back(&record);
    }
    sort_by_time(records);
    if (proof && records.empty()) document.text("no proof: it is not told which rank did what\n");
    for (const auto* record : records) {
        document.title(case_name(*record, launch.records));
        document.table("", shares_table(*record, launch));
    }
    std::string warnings;
    constexpr std::size_t most_cases = 8;
    for (const auto& warning : all_cases ? doubt_sentences(launch) : doubt_sentences(launch, most_cases))
        warnings += fmt::format("warning: {}\n", warning);
    document.text(warnings);
}

}  // namespace pacer
