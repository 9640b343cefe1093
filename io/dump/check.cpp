// What tables can be those of launches.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "io/dump/pack.hpp"
#include "io/dump/refuse.hpp"

namespace pacer::dump {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(),
                       most_small = std::numeric_limits<int>::max();

void range(std::string_view table, std::string_view column, std::int64_t value, std::int64_t least,
           std::int64_t largest = most) {
    if (value < least || value > largest)
        refuse("table {} has a {} of {}, which is impossible", table, column, value);
}

void no_negative_time(std::string_view column, double value) {
    if (!std::isfinite(value) || value < 0)
        refuse("table cases has {} of {}, which is not a time", column, value);
}

// Keys go up and lead to one of `count` rows of another table; `least` is -1 where there may be none.
template <class Row>
void keys(std::string_view table, const std::vector<Row>& rows, std::int64_t Row::*key, std::size_t count,
          std::int64_t least = 0) {
    std::int64_t before = least;
    for (const auto& row : rows) {
        if (row.*key < before || row.*key >= static_cast<std::int64_t>(count))
            refuse("table {} has rows in the wrong order, or that belong to nothing", table);
        before = row.*key;
    }
}

template <class Enum>
void named(std::string_view column, const std::string& name, Enum (*from_name)(std::string_view)) {
    try {
        from_name(name);
    } catch (const std::invalid_argument& error) {
        refuse("table cases: {} is '{}': {}", column, name, error.what());
    }
}

// A long text continues in the next row, with the same name and key.
template <class Row>
void check_values(std::string_view table, const std::vector<Row>& rows, std::int64_t Row::*key) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& kind = rows[i].kind;
        if (kind == "s+" && i + 1 < rows.size()) {
            const auto& next = rows[i + 1];
            if (next.kind.starts_with('s') && next.name == rows[i].name && next.*key == rows[i].*key)
                continue;
        }
        if (kind != "i" && kind != "f" && kind != "s")
            refuse("table {} has a value {} of the unknown kind '{}'", table, rows[i].name, kind);
    }
}

// The facts of the launch first, then those of each of its nodes.
void check_hosts(const std::vector<FactRow>& facts) {
    std::set<std::pair<std::int64_t, std::string>> seen;
    const FactRow* before = nullptr;
    for (const auto& row : facts) {
        const bool new_host = before == nullptr || row.launch != before->launch || row.host != before->host;
        if (new_host &&
            ((before != nullptr && before->kind == "s+") || !seen.insert({row.launch, row.host}).second ||
             (row.host.empty() && before != nullptr && before->launch == row.launch)))
            refuse("table facts has the facts of {} in several places",
                   row.host.empty() ? std::string("a launch") : row.host);
        before = &row;
    }
}

void check_ids(const std::vector<LaunchRow>& launches) {
    std::string_view before;
    for (const auto& launch : launches) {
        if (launch.id.empty() || launch.id <= before)
            refuse("launch '{}' is there twice, or out of order", launch.id);
        before = launch.id;
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
    no_negative_time("limit_seconds", row.limit_seconds);
}

std::string where(const Tables& tables, const CaseRow& row) {
    return fmt::format("{} of launch {}", row.variant,
                       tables.launches[static_cast<std::size_t>(row.launch)].id);
}

void check_samples(const Tables& tables, const CaseRow& row, std::size_t key, std::size_t& sample) {
    for (auto i = row.first_repeat; i < row.first_repeat + row.repeats; ++i) {
        const auto& repeat = tables.repeats[static_cast<std::size_t>(i)];
        if (repeat.of_case != static_cast<std::int64_t>(key))
            refuse("table repeats has {} repeats in {} that belong to another case", row.repeats,
                   where(tables, row));
        range("repeats", "round", repeat.round, 0, most_small);
        range("repeats", "position", repeat.position, -1, most_small);
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
    std::size_t sample = 0;
    for (std::size_t key = 0; key < tables.cases.size(); ++key) {
        const auto& row = tables.cases[key];
        check_case(tables, row);
        if (row.first_repeat != repeat || row.repeats < 0 ||
            row.repeats > std::ssize(tables.repeats) - repeat)
            refuse("table cases has {} repeats of {} from {} on, which do not exist", row.repeats,
                   where(tables, row), row.first_repeat);
        check_samples(tables, row, key, sample);
        repeat += row.repeats;
    }
    if (repeat != std::ssize(tables.repeats)) refuse("table repeats has more repeats than the cases");
    if (sample != tables.rank_seconds.size()) refuse("table rank_seconds has more samples than the repeats");
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
    check_ids(tables.launches);
    keys("facts", tables.facts, &FactRow::launch, tables.launches.size());
    check_values("facts", tables.facts, &FactRow::launch);
    check_hosts(tables.facts);
    keys("placement", tables.placement, &PlaceRow::launch, tables.launches.size());
    for (const auto& place : tables.placement) {
        range("placement", "rank", place.rank, 0, most_small);
        range("placement", "number of threads", place.threads, 0, most_small);
    }
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
    check_remarks("doubts", tables.doubts, tables);
    check_remarks("headlines", tables.headlines, tables);
}

}  // namespace pacer::dump
