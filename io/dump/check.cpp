// What tables can be those of launches: cases, and what belongs to them.
#include "io/dump/check.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "io/dump/pack.hpp"

namespace pacer::dump {

namespace {

void no_negative_time(std::string_view column, double value) {
    if (!std::isfinite(value) || value < 0)
        refuse("table cases has {} of {}, which is not a time", column, value);
}

template <class Enum>
void named(std::string_view column, const std::string& name, Enum (*from_name)(std::string_view)) {
    try {
        from_name(name);
    } catch (const std::invalid_argument& error) {
        refuse("table cases: {} is '{}': {}", column, name, error.what());
    }
}

void check_case(const Tables& tables, const CaseRow& row) {
    range("cases", "problem", row.problem, 0, std::ssize(tables.problems) - 1);
    if (tables.problems[static_cast<std::size_t>(row.problem)].launch != row.launch)
        refuse("table cases has a problem of another launch");
    named("uses", row.uses, uses_named);
    named("promise", row.promise, promise_named);
    named("stopped_by", row.stopped_by, stopped_by_named);
    named("operation", row.operation, operation_named);
    range("cases", "number of ranks", row.ranks, 1, most_small);
    range("cases", "number of threads", row.threads, 1, most_small);
    range("cases", "batch", row.batch, 1);
    range("cases", "number of items", row.items, 0);
    range("cases", "number of bytes", row.bytes, 0);
    range("cases", "number of operations", row.operations, 0);
    range("cases", "number of checks", row.checked, 0);
    range("cases", "number of failed checks", row.failed, 0, row.checked);
    no_negative_time("first_seconds", row.first_seconds);
    no_negative_time("loaded_seconds", row.loaded_seconds);
    no_negative_time("limit_seconds", row.limit_seconds);
    range("cases", "limit", row.limit, -1, std::ssize(tables.limits) - 1);
    if (row.limit >= 0 && tables.limits[static_cast<std::size_t>(row.limit)].launch != row.launch)
        refuse("table cases has a limit of another launch");
}

std::string where(const Tables& tables, const CaseRow& row) {
    return fmt::format("{} of launch {}", row.variant,
                       tables.launches[static_cast<std::size_t>(row.launch)].id);
}

// The next rows of the tables that have rows of repeats.
struct Next {
    std::size_t sample = 0, summary = 0;
};

// Repeat `i`, of whose ranks only the quartiles are there.
void check_summary(const Tables& tables, const CaseRow& row, std::int64_t i, const RankSummaryRow& its) {
    const auto& repeat = tables.repeats[static_cast<std::size_t>(i)];
    if (its.repeat != i) refuse("table rank_summary lacks repeats of {}", where(tables, row));
    if (!(its.min > 0 && its.min <= its.q1 && its.q1 <= its.median && its.median <= its.q3 &&
          its.q3 <= its.max && std::isfinite(its.max)))
        refuse("table rank_summary has quartiles of {} in another order", where(tables, row));
    if (repeat.seconds != its.max)
        refuse("table repeats has {} seconds for {}, its slowest rank took {}", repeat.seconds,
               where(tables, row), its.max);
    range("repeats", "slowest_rank", repeat.slowest_rank, 0, row.ranks - 1);
}

void check_samples(const Tables& tables, const CaseRow& row, std::size_t key, Next& next) {
    auto& [sample, summary] = next;
    const bool summarised = row.repeats > 0 && summary < tables.rank_summary.size() &&
                            tables.rank_summary[summary].repeat == row.first_repeat;
    for (auto i = row.first_repeat; i < row.first_repeat + row.repeats; ++i) {
        const auto& repeat = tables.repeats[static_cast<std::size_t>(i)];
        if (repeat.of_case != static_cast<std::int64_t>(key))
            refuse("table repeats has {} repeats in {} that belong to another case", row.repeats,
                   where(tables, row));
        range("repeats", "round", repeat.round, 0, most_small);
        range("repeats", "position", repeat.position, -1, most_small);
        if (summarised) {
            if (summary == tables.rank_summary.size())
                refuse("table rank_summary lacks repeats of {}", where(tables, row));
            check_summary(tables, row, i, tables.rank_summary[summary++]);
            continue;
        }
        double slowest = 0;
        for (std::int64_t rank = 0; rank < row.ranks; ++rank, ++sample) {
            if (sample == tables.rank_seconds.size())
                refuse("table rank_seconds lacks samples of {}", where(tables, row));
            const auto& its = tables.rank_seconds[sample];
            if (its.repeat != i || its.rank != rank)
                refuse("table rank_seconds has samples of {} in another order", where(tables, row));
            if (!std::isfinite(its.seconds) || its.seconds <= 0)
                refuse("{} has a sample of {} seconds, which is not a time", where(tables, row), its.seconds);
            slowest = std::max(slowest, its.seconds);
        }
        if (repeat.seconds != slowest)
            refuse("table repeats has {} seconds for {}, its slowest rank took {}", repeat.seconds,
                   where(tables, row), slowest);
    }
}

void check_cases(const Tables& tables) {
    keys("cases", tables.cases, &CaseRow::launch, tables.launches.size());
    std::int64_t repeat = 0;
    Next next;
    for (std::size_t key = 0; key < tables.cases.size(); ++key) {
        const auto& row = tables.cases[key];
        check_case(tables, row);
        if (row.first_repeat != repeat || row.repeats < 0 ||
            row.repeats > std::ssize(tables.repeats) - repeat)
            refuse("table cases has {} repeats of {} from {} on, which do not exist", row.repeats,
                   where(tables, row), row.first_repeat);
        check_samples(tables, row, key, next);
        repeat += row.repeats;
    }
    if (repeat != std::ssize(tables.repeats)) refuse("table repeats has more repeats than the cases");
    if (next.sample != tables.rank_seconds.size())
        refuse("table rank_seconds has more samples than the repeats");
    if (next.summary != tables.rank_summary.size())
        refuse("table rank_summary has other repeats than the cases");
}

// Call after call, each with all ranks of its case.
void check_calls(const Tables& tables) {
    keys("calls", tables.calls, &CallRow::of_case, tables.cases.size());
    const CallRow* before = nullptr;
    const auto ranks_of = [&](const CallRow& row) {
        return tables.cases[static_cast<std::size_t>(row.of_case)].ranks;
    };
    for (const auto& row : tables.calls) {
        const auto& its = tables.cases[static_cast<std::size_t>(row.of_case)];
        const bool follows = before != nullptr && row.rank > 0;
        const bool in_order =
            follows ? row.of_case == before->of_case && row.rank == before->rank + 1 &&
                          row.rank < its.ranks && row.repeat == before->repeat && row.calls == before->calls
                    : row.rank == 0 && (before == nullptr || before->rank + 1 == ranks_of(*before)) &&
                          (before == nullptr || row.repeat >= before->repeat);
        if (!in_order) refuse("table calls has calls of {} in another order", where(tables, its));
        if (row.repeat < its.first_repeat || row.repeat >= its.first_repeat + its.repeats)
            refuse("table calls has calls of {} in a repeat that is not its own", where(tables, its));
        range("calls", "number of calls", row.calls, 1);
        if (!std::isfinite(row.seconds) || row.seconds < 0)
            refuse("{} has a call of {} seconds, which is no time", where(tables, its), row.seconds);
        before = &row;
    }
    if (before != nullptr && before->rank + 1 != ranks_of(*before))
        refuse("table calls lacks ranks of its last call");
}

// Number after number: all repeats of one name, then of the next.
void check_observed(const Tables& tables) {
    keys("observed", tables.observed, &ObservedRow::of_case, tables.cases.size());
    for (std::size_t i = 0; i < tables.observed.size();) {
        const auto& first = tables.observed[i];
        const auto& its = tables.cases[static_cast<std::size_t>(first.of_case)];
        if (its.repeats == 0)
            refuse("table observed has numbers of {}, which was not run", where(tables, its));
        for (std::int64_t repeat = 0; repeat < its.repeats; ++repeat, ++i) {
            if (i == tables.observed.size() || tables.observed[i].of_case != first.of_case ||
                tables.observed[i].name != first.name ||
                tables.observed[i].repeat != its.first_repeat + repeat || tables.observed[i].rank != -1)
                refuse("table observed has {} numbers called {} for {} repeats of {}", repeat, first.name,
                       its.repeats, where(tables, its));
        }
    }
}

void check_shares(const Tables& tables) {
    keys("shares", tables.shares, &ShareRow::of_case, tables.cases.size());
    std::vector<std::int64_t> places(tables.launches.size(), 0);
    for (const auto& place : tables.placement) ++places[static_cast<std::size_t>(place.launch)];
    for (const auto& share : tables.shares) {
        const auto& its = tables.cases[static_cast<std::size_t>(share.of_case)];
        if (share.rank < 0 || share.rank >= places[static_cast<std::size_t>(its.launch)])
            refuse("{} has a share of rank {}, which has no place", where(tables, its), share.rank);
        range("shares", "number of threads", share.threads, 0, most_small);
    }
}

// Rank after rank.
void check_profile(const Tables& tables) {
    keys("profile", tables.profile, &ProfileRow::of_case, tables.cases.size());
    const ProfileRow* before = nullptr;
    for (const auto& row : tables.profile) {
        const auto& its = tables.cases[static_cast<std::size_t>(row.of_case)];
        const bool follows = before != nullptr && before->of_case == row.of_case;
        range("profile", "rank", row.rank, follows ? before->rank : -1, its.ranks - 1);
        range("profile", "number of hits", row.hits, 0);
        if (!std::isfinite(row.seconds) || row.seconds < 0)
            refuse("{} has a profile with {} seconds, which is no time", where(tables, its), row.seconds);
        before = &row;
    }
}

// What is said of a case, or of all of its launch.
template <class Row>
void check_remarks(std::string_view table, const std::vector<Row>& rows, const Tables& tables) {
    keys(table, rows, &Row::launch, tables.launches.size());
    for (const auto& row : rows) {
        range(table, "case", row.of_case, -1, std::ssize(tables.cases) - 1);
        if (row.of_case >= 0 && tables.cases[static_cast<std::size_t>(row.of_case)].launch != row.launch)
            refuse("table {} has a case of another launch", table);
    }
}

}  // namespace

void check(const Tables& tables) {
    check_launches(tables);
    keys("problems", tables.problems, &ProblemRow::launch, tables.launches.size());
    check_cases(tables);
    keys("checks", tables.checks, &CheckRow::of_case, tables.cases.size());
    const auto& checks = tables.checks;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        if (!checks[i].name.empty() || (i > 0 && checks[i].of_case == checks[i - 1].of_case))
            refuse("table checks has more than one check of a case");
    }
    keys("parameters", tables.parameters, &ParameterRow::of_case, tables.cases.size());
    check_values("parameters", tables.parameters, &ParameterRow::of_case);
    check_calls(tables);
    check_observed(tables);
    check_shares(tables);
    check_profile(tables);
    check_remarks("doubts", tables.doubts, tables);
    check_remarks("headlines", tables.headlines, tables);
}

}  // namespace pacer::dump
