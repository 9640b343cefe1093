#include "common/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/limits.hpp"
#include "common/timing.hpp"
#include "common/units.hpp"

namespace pacer {

namespace {

constexpr std::string_view baseline = "serial";

const Record* baseline_of(const Record& record, const Launch& launch) {
    const auto found = std::find_if(launch.records.begin(), launch.records.end(), [&](const Record& other) {
        return other.variant == baseline && other.app == record.app &&
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

// Slowest first, then what was not run.
std::vector<const Record*> by_time(const Launch& launch) {
    std::vector<const Record*> order;
    for (const auto& record : launch.records) order.push_back(&record);
    const auto time = [](const Record* r) { return r->repeats() > 0 ? median(r->repeat_seconds()) : -1; };
    std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) { return time(a) > time(b); });
    return order;
}

std::string heading(const Launch& launch) {
    const auto& facts = launch.circumstances;
    std::string text = fact(facts, "program") + " " + fact(facts, "version");
    if (!launch.records.empty()) {
        for (const auto& [name, value] : launch.records.front().parameters) {
            text += fmt::format("  {} {}", name, to_string(value));
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

std::string row(const Record& record, const Summary& s) {
    const auto interval = s.has_interval ? fmt::format("{} .. {}", format_seconds(s.low_seconds),
                                                       format_seconds(s.high_seconds))
                                         : std::string("needs 6 repeats");
    const auto percent = [](double fraction) {
        return fraction > 0 ? fmt::format("{:.1f}", 100 * fraction) : "-";
    };
    return fmt::format("{:<14} {:>7} {:>10}  {:<22} {:>4} {:>8} {:>10} {:>7} {:>13}  {}\n", record.variant,
                       occupied(record), format_seconds(s.median_seconds), interval, s.repeats,
                       s.speedup > 0 ? fmt::format("{:.2f}x", s.speedup) : "-", percent(s.efficiency),
                       percent(s.fraction_of_limit), format_rate(s.rate, s.rate_unit), verdict_words(record));
}

// What the speedups and percentages refer to, and which answers were wrong.
std::string footnotes(const Launch& launch) {
    std::string text;
    for (const auto& record : launch.records) {
        if (record.variant != baseline || record.repeats() == 0) continue;
        text += fmt::format("speedup and efficiency (%) against {}: {} on 1 core\n", baseline,
                            format_seconds(median(record.repeat_seconds())));
    }
    std::vector<std::string> limits;
    for (const auto* record : by_time(launch)) {
        const auto& limit = record->limit;
        if (limit.seconds > 0)
            limits.push_back(fmt::format("{}: {}", format_seconds(limit.seconds), limit.derived));
    }
    for (std::size_t i = 0; i < limits.size(); ++i) {
        if (std::find(limits.begin(), limits.begin() + static_cast<std::ptrdiff_t>(i), limits[i]) ==
            limits.begin() + static_cast<std::ptrdiff_t>(i)) {
            text += fmt::format("limit {}\n", limits[i]);
        }
    }
    for (const auto& record : launch.records) {
        if (record.verdict.failed == 0) continue;
        text +=
            fmt::format("{}: got {}, want {}{}\n", record.variant, record.verdict.got, record.verdict.want,
                        record.verdict.tolerance == "0" ? "" : " within " + record.verdict.tolerance);
    }
    return text;
}

std::string answer_line(const Launch& launch) {
    for (const auto& record : launch.records) {
        if (record.repeats() > 0 && record.verdict.right())
            return fmt::format("answer {}, checked in every repeat\n", record.verdict.want);
    }
    return {};
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
    std::string text = heading(launch) + answer_line(launch);
    text +=
        fmt::format("\n{:<14} {:>7} {:>10}  {:<22} {:>4} {:>8} {:>10} {:>7} {:>13}  {}\n", "variant", "r x t",
                    "median", "95 % interval", "n", "speedup", "efficiency", "% limit", "rate", "answer");
    for (const auto* record : by_time(launch)) {
        text += record->repeats() > 0 ? row(*record, summarise(*record, launch))
                                      : fmt::format("{:<14} {:>7} not run: {}\n", record->variant,
                                                    occupied(*record), record->not_run);
    }
    return text + "\n" + footnotes(launch);
}

std::string proof(const Launch& launch) {
    std::string text;
    for (const auto* record : by_time(launch)) {
        if (record->shares.empty()) continue;
        text += fmt::format("\n{}\n{:>6}  {:<16} {:>8}  {:<14} {:>7} {:>20}  {}\n", record->variant, "rank",
                            "host", "pid", "cpus allowed", "threads", "items", "partial result");
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

std::string warnings(const Launch& launch) {
    std::string text;
    for (const auto& warning : launch.warnings) text += fmt::format("warning: {}\n", warning);
    return text;
}

}  // namespace pacer
