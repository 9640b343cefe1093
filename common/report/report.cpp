#include "common/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/sweep.hpp"

namespace pacer {

namespace {

const Record* baseline_of(const Record& record, const Launch& launch) {
    const auto found = std::find_if(launch.records.begin(), launch.records.end(), [&](const Record& other) {
        return other.variant == record.baseline && other.app == record.app &&
               other.parameters == record.parameters && other.repeats() > 0;
    });
    return found == launch.records.end() ? nullptr : &*found;
}

std::string occupied(const Record& record) {
    return fmt::format("{} x {}", record.ranks, record.threads);
}

std::string verdict_words(const Record& record) {
    const auto& verdict = record.verdict;
    if (verdict.right()) return "verified";
    if (record.promise == Promise::racy && verdict.checked > 0) return "wrong, as promised";
    if (verdict.checked == 0) return "NOT CHECKED";
    return fmt::format("WRONG {} of {}", verdict.failed, verdict.checked);
}

using Records = std::vector<const Record*>;

// Slowest first, then what was not run.
void sort_by_time(Records& records) {
    const auto time = [](const Record* r) { return r->repeats() > 0 ? median(r->repeat_seconds()) : -1; };
    std::stable_sort(records.begin(), records.end(), [&](auto* a, auto* b) { return time(a) > time(b); });
}

// The records of one problem are variants of each other. In the order of their first appearance, each slowest
// first.
std::vector<Records> problems_of(const Launch& launch) {
    std::vector<Records> problems;
    for (const auto& record : launch.records) {
        const auto same = [&](const Records& problem) {
            return problem.front()->app == record.app && problem.front()->parameters == record.parameters;
        };
        auto found = std::find_if(problems.begin(), problems.end(), same);
        if (found == problems.end()) found = problems.insert(found, Records{});
        found->push_back(&record);
    }
    for (auto& problem : problems) sort_by_time(problem);
    return problems;
}

std::string words_of(const Facts& facts) {
    std::string text;
    for (const auto& [name, value] : facts) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "  ", name, to_string(value));
    }
    return text;
}

std::string heading(const Launch& launch) {
    const auto& facts = launch.circumstances;
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
    const auto ranks = launch.placement.size();
    text += fmt::format("\n{}  {}, {}  {} rank{}{}\n", fact(facts, "start_time"),
                        hosts.empty() ? std::string("unknown host") : launch.placement.front().host,
                        fact(facts, "cpu_model"), ranks, ranks == 1 ? "" : "s",
                        hosts.size() > 1 ? fmt::format(" on {} hosts", hosts.size()) : "");
    return text;
}

const Series* errors_of(const Record& record) {
    const auto found = std::find_if(record.observed.begin(), record.observed.end(),
                                    [](const Series& series) { return series.name == error_ulp; });
    return found == record.observed.end() || found->values.empty() ? nullptr : &*found;
}

bool any_errors(const Records& problem) {
    return std::any_of(problem.begin(), problem.end(), [](auto* record) { return errors_of(*record); });
}

// The largest error of all repeats.
std::string error_words(const Record& record) {
    const auto* errors = errors_of(record);
    if (!errors) return "-";
    const double largest = quantile(errors->values, 1);
    return largest == 0 ? "exact bits" : fmt::format("{:.4g} ulp", largest);
}

std::string row(const Record& record, const Summary& s, std::size_t width, bool with_errors) {
    const auto interval = s.has_interval ? fmt::format("{} .. {}", format_seconds(s.low_seconds),
                                                       format_seconds(s.high_seconds))
                                         : std::string("needs 6 repeats");
    const auto percent = [](double fraction) {
        return fraction > 0 ? fmt::format("{:.1f}", 100 * fraction) : "-";
    };
    return fmt::format("{:<{}} {:>7} {:>10}  {:<22} {:>4} {:>8} {:>10} {:>7} {:>13}{}  {}\n", record.variant,
                       width, occupied(record), format_seconds(s.median_seconds), interval, s.repeats,
                       s.speedup > 0 ? fmt::format("{:.2f}x", s.speedup) : "-", percent(s.efficiency),
                       percent(s.fraction_of_limit), format_rate(s.rate, s.rate_unit),
                       with_errors ? fmt::format(" {:>13}", error_words(record)) : "", verdict_words(record));
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
    for (const auto* record : problem) {
        if (record->verdict.failed > 0)
            text += fmt::format("{}: {}\n", record->variant, record->verdict.words());
    }
    return text;
}

std::string answer_line(const Records& problem) {
    std::set<std::string> answers;
    for (const auto* record : problem) {
        if (record->repeats() > 0 && record->verdict.right()) answers.insert(record->verdict.want);
    }
    if (answers.empty()) return {};
    if (answers.size() > 1) return "each variant has its answer, checked in every repeat\n";
    const auto want = parse_number(*answers.begin());
    const auto bits = want && any_errors(problem) ? fmt::format(" = {:a}", want->as_double()) : "";
    return fmt::format("answer {}{}, checked in every repeat\n", *answers.begin(), bits);
}

}  // namespace

Summary summarise(const Record& record, const Launch& launch) {
    Summary s;
    s.repeats = record.repeats();
    if (s.repeats == 0) return s;
    const auto seconds = record.repeat_seconds();
    s.median_seconds = median(seconds);
    s.minimum_seconds = quantile(seconds, 0);
    s.p95_seconds = quantile(seconds, 0.95);
    s.maximum_seconds = quantile(seconds, 1);
    if (const auto interval = median_interval(seconds)) {
        s.has_interval = true;
        s.low_seconds = interval->low;
        s.high_seconds = interval->high;
    }
    if (const auto* base = baseline_of(record, launch)) {
        s.speedup = median(base->repeat_seconds()) / s.median_seconds;
        s.efficiency = s.speedup / (static_cast<double>(record.ranks) * record.threads);
    }
    s.fraction_of_limit = record.limit.seconds / s.median_seconds;
    const auto& work = record.work;
    const auto amount = work.bytes > 0 ? work.bytes : work.operations > 0 ? work.operations : work.items;
    s.rate_unit = work.bytes > 0 ? "B/s" : work.operations > 0 ? "add/s" : "items/s";
    s.rate = static_cast<double>(amount) / s.median_seconds;
    return s;
}

std::string table(const Launch& launch) {
    std::string text = heading(launch);
    if (const auto parameter = long_sweep(launch.records)) return text + sweep_table(launch, *parameter);
    std::size_t width = 14;
    for (const auto& record : launch.records) width = std::max(width, record.variant.size());
    for (const auto& problem : problems_of(launch)) {
        const auto title = words_of(particular_parameters(*problem.front(), launch.records));
        if (!title.empty()) text += (text.ends_with("\n\n") ? "" : "\n") + title + "\n";
        const bool with_errors = any_errors(problem);
        text += answer_line(problem);
        text +=
            fmt::format("\n{:<{}} {:>7} {:>10}  {:<22} {:>4} {:>8} {:>10} {:>7} {:>13}{}  {}\n", "variant",
                        width, "r x t", "median", "95 % interval", "n", "speedup", "efficiency", "% limit",
                        "rate", with_errors ? fmt::format(" {:>13}", "error") : "", "answer");
        for (const auto* record : problem) {
            text += record->repeats() > 0 ? row(*record, summarise(*record, launch), width, with_errors)
                                          : fmt::format("{:<{}} {:>7} not run: {}\n", record->variant, width,
                                                        occupied(*record), record->not_run);
        }
        text += "\n" + footnotes(problem);
    }
    return text;
}

std::string proof(const Launch& launch) {
    std::string text;
    Records records;
    for (const auto& record : launch.records) records.push_back(&record);
    sort_by_time(records);
    for (const auto* record : records) {
        if (record->shares.empty()) continue;
        text += fmt::format("\n{}\n{:>6}  {:<16} {:>8}  {:<14} {:>7} {:>20}  {}\n",
                            case_name(*record, launch.records), "rank", "host", "pid", "cpus allowed",
                            "threads", "items", "partial result");
        for (const auto& share : record->shares) {
            const auto& place = launch.placement.at(static_cast<std::size_t>(share.rank));
            text += fmt::format("{:>6}  {:<16} {:>8}  {:<14} {:>7} {:>20}  {}\n", share.rank, place.host,
                                place.pid, place.cpus_allowed, share.threads, share.items, share.partial);
        }
        const auto partials = sum_of_partials(record->shares);
        text += fmt::format("{:>6}  {:<16} {:>8}  {:<14} {:>7} {:>20}  {}\n", "all", "", "", "", "",
                            to_string(sum_of_items(record->shares)),
                            partials ? to_string(*partials) : "not all are numbers");
    }
    return text;
}

std::string warnings(const Launch& launch, bool all) {
    constexpr std::size_t most_cases = 8;
    std::string text;
    for (const auto& sentence : all ? doubt_sentences(launch) : doubt_sentences(launch, most_cases))
        text += fmt::format("warning: {}\n", sentence);
    return text;
}

}  // namespace pacer
