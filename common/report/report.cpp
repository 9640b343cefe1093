#include "common/report/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
                              fact(facts, "cpu_model"),
                              counted(launch.placement.size(), "rank (MPI process)", "ranks (MPI processes)"),
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

// What the speedups and efficiencies refer to.
std::string references(const Records& problem, const Launch& launch) {
    std::string text;
    for (const auto* record : problem) {
        if (record->variant != record->baseline || record->repeats() == 0) continue;
        text +=
            fmt::format("speedup: {} ({} on {}) / median\n", format_seconds(median(record->repeat_seconds())),
                        record->baseline, occupation(record->uses, record->ranks, record->threads));
    }
    const auto* best = fastest_on_one_core(*problem.front(), launch);
    const auto is_parallel = [](const Record* r) { return r->repeats() > 0 && r->ranks * r->threads > 1; };
    if (best == nullptr || std::none_of(problem.begin(), problem.end(), is_parallel)) return text;
    return text + fmt::format("efficiency: {} ({} on one core) / (ranks x threads x median)\n",
                              format_seconds(median(best->repeat_seconds())), best->variant);
}

// Each limit once, with the variants whose limit it is.
std::string limits(const Records& problem) {
    std::vector<std::pair<std::string, std::vector<std::string>>> variants_of;
    for (const auto* record : problem) {
        const auto& limit = record->limit;
        if (limit.seconds == 0) continue;
        auto words = fmt::format("{} ({}", format_seconds(limit.seconds), limit.derived);
        const auto& work = record->work;
        if (work.bytes == 0 && work.items > 0 && work.operations > work.items)
            words += fmt::format(", {:.3g} for each item",
                                 static_cast<double>(work.operations) / static_cast<double>(work.items));
        const auto known = std::find_if(variants_of.begin(), variants_of.end(),
                                        [&](auto& one) { return one.first == words; });
        if (known == variants_of.end())
            variants_of.push_back({std::move(words), {record->variant}});
        else
            known->second.push_back(record->variant);
    }
    std::string text;
    for (const auto& [words, variants] : variants_of)
        text += fmt::format("limit of {}: {})\n", fmt::join(variants, ", "), words);
    return text;
}

// What the columns refer to, what else was seen, and which answers were wrong.
std::string footnotes(const Records& problem, const Launch& launch) {
    std::string text = references(problem, launch) + limits(problem);
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
    document.text(footnotes(problem, launch));
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

void describe_shares(const Launch& launch, Document& document) {
    Records records;
    for (const auto& record : launch.records) {
        if (!record.shares.empty()) records.push_back(&record);
    }
    if (records.empty()) document.text("no proof: it is not known which rank did what\n");
    sort_by_time(records);
    for (const auto* record : records) {
        document.title(case_name(*record, launch.records));
        document.table("", shares_table(*record, launch));
    }
}

std::string warnings(const Launch& launch, const Shown& shown) {
    const bool few = shown.warnings == Warnings::gravest;
    constexpr std::size_t most_warnings = 3, most_cases = 8, most_cases_of_few = 3;
    auto told = shown.warnings == Warnings::with_every_case
                    ? warnings_of(launch)
                    : warnings_of(launch, few ? most_cases_of_few : most_cases);
    auto wanted = told.size();
    if (few) {
        const auto by_gravity = [](const auto& a, const auto& b) { return a.gravity < b.gravity; };
        std::stable_sort(told.begin(), told.end(), by_gravity);
        const auto is_fault = [](const auto& warning) { return warning.gravity == Gravity::fault; };
        const auto faults = std::count_if(told.begin(), told.end(), is_fault);
        wanted = std::min(wanted, std::max(most_warnings, static_cast<std::size_t>(faults)));
    }
    std::string text;
    for (std::size_t i = 0; i < wanted; ++i) text += fmt::format("warning: {}\n", told[i].words);
    const auto more = told.size() - wanted;
    if (more == 0) return text;
    const auto others = counted(more, "more warning", "more warnings");
    return text + (shown.dump.empty() ? fmt::format("{}: they would be in the dump\n", others)
                                      : fmt::format("{}: timings show --doubts {}\n", others, shown.dump));
}

}  // namespace

void describe(const Launch& launch, const Shown& shown, Document& document) {
    document.text(heading(launch));
    if (const auto parameter = long_sweep(launch.records)) {
        describe_sweep(launch, *parameter, document);
    } else {
        for (auto& problem : groups_of(launch.records, same_problem))
            describe_problem(launch, std::move(problem), document);
    }
    if (shown.proof) describe_shares(launch, document);
    document.text(warnings(launch, shown));
}

}  // namespace pacer
