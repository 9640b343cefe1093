// Timing dumps, format 2: tidy tables at the root of an HDF5 file.
//
// clang-format off
//     /               attributes format = "pacer-timings", format_version = 2, written_by; tables: a line a table,
//                     "NAME ROWS CHECKSUM"; tables_checksum: that of the text of `tables`
//     /launches       a row a launch, in the order of their ids
//     /facts          launch, host (empty: all), name, kind, whole, number, text: its environment, in order
//     /placement      launch, rank, host, pid, cpus_allowed, threads, thread_cpus
//     /limits         launch, probe, ranks, threads (of each rank), bytes (0: it computes), rate, unit: what each probe
//                     reached, in the order measured
//     /watch          launch, host, at_seconds, others_cpu, steal (of the node's CPU time since the row before, 0 to 1),
//                     frequency (Hz, of one core), load: what the first rank on each node saw, of a node together. A
//                     row a second, of half as many when they are 64, and so on; the last is of the launch's end
//     /problems       launch, name, baseline_variant
//     /cases          a row a case, in the order of the app's variants; limit is a row of /limits, which tells all that
//                     limit_derived is empty about; or -1
//     /checks         case, name (empty), got, want, tolerance (decimal text): one a case
//     /parameters     case, name, kind, whole, number, text
//     /repeats        case, round, position, seconds (one execution, slowest rank), slowest_rank, start_skew_seconds;
//                     in the order run
//     /rank_seconds   repeat, rank, seconds: from when the first rank of its node started until it ended
//     /rank_summary   repeat, min, q1, median, q3, max: those of all ranks, instead of a row of each; of cases of
//                     more than 1024 ranks, unless --all-ranks was given
//     /calls          case, repeat, rank, calls, seconds: what each call took, or of `calls` short ones together their
//                     mean; where a repeat makes several. Call after call, every rank of each. A million rows a
//                     launch at most: the doubt calls_cut tells of how many repeats a case has them
//     /observed       case, repeat, rank (-1: all), name, unit, value: what came with each repeat
//     /shares         case, rank, threads, items, partial (decimal text): adds up to the answer
//     /profile        case, rank (-1: all), region, parent, hits, seconds: what --profile measured, summed over threads;
//                     a region by its name and place, and that which was open around it. The region without a
//                     name is the executions, warm-up included: how many, and their seconds times threads
//     /doubts         launch, case (-1: all), kind, subject, value: what no other table can tell
//     /headlines      launch, case (-1: none), key, label, unit, value: what `timings summary` shows
// clang-format on
//
// Keys (launch, case, problem, repeat) are row numbers in this file, from 0. Rows of one launch or case lie
// together, in the order of the keys. A number that is not known is NaN, or -1 if it is a key or a count; a
// text that is not known is empty. Nothing fills repeats.start_skew_seconds yet. A launch on several nodes
// has the facts of each after its own. Of a fact or a parameter the column that its kind (i, f, s) names
// holds the value; kind "s+" says that the text goes on in the next row. Older dumps lack limits, watch,
// rank_summary, calls, profile and cases.limit.
//
// A dataset is a compound of int64, float64 and UTF-8 of fixed length, padded with zeros; chunked, shuffled,
// deflated. Its attribute `columns` names, separated by commas, the columns that its checksum is of:
// XXH3-128, in hexadecimal as xxhsum prints it, of the number of rows and then of the cells, row after row:
// numbers as 8 bytes, little-endian, every NaN as 0x7ff8000000000000; texts as their length, as 8 bytes, and
// their bytes without padding. So the file may be repacked, and be given attributes, columns and tables of
// others.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pacer::dump {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

struct LaunchRow {
    std::string id, app, version, program_hash, options_hash, start_utc;
    double seconds = unknown, budget_seconds = unknown;
    std::int64_t ranks = -1, nodes = -1, seed = -1, status = -1;
    std::string kind, source;
    std::int64_t quick = 0;
    std::string allocation, series, block, side;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("id", row.id), f("app", row.app), f("version", row.version), f("program_hash", row.program_hash),
            f("options_hash", row.options_hash), f("start_utc", row.start_utc), f("seconds", row.seconds),
            f("budget_seconds", row.budget_seconds), f("ranks", row.ranks), f("nodes", row.nodes),
            f("seed", row.seed), f("status", row.status), f("kind", row.kind), f("source", row.source),
            f("quick", row.quick), f("allocation", row.allocation), f("series", row.series),
            f("block", row.block), f("side", row.side);
    }
};

// A fact of a launch or a parameter of a case, or a piece of one that is a long text.
struct ValueCells {
    std::string name, kind;
    std::int64_t whole = 0;
    double number = 0;
    std::string text;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("name", row.name), f("kind", row.kind), f("whole", row.whole), f("number", row.number),
            f("text", row.text);
    }
};

struct FactRow : ValueCells {
    std::int64_t launch = 0;
    std::string host;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("host", row.host), ValueCells::visit(row, f);
    }
};

struct ParameterRow : ValueCells {
    std::int64_t of_case = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), ValueCells::visit(row, f);
    }
};

struct PlaceRow {
    std::int64_t launch = 0, rank = 0;
    std::string host;
    std::int64_t pid = 0;
    std::string cpus_allowed;
    std::int64_t threads = 1;
    std::string thread_cpus;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("rank", row.rank), f("host", row.host), f("pid", row.pid),
            f("cpus_allowed", row.cpus_allowed), f("threads", row.threads), f("thread_cpus", row.thread_cpus);
    }
};

struct LimitRow {
    std::int64_t launch = 0;
    std::string probe;
    std::int64_t ranks = 1, threads = 1, bytes = 0;
    double rate = 0;
    std::string unit;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("probe", row.probe), f("ranks", row.ranks), f("threads", row.threads),
            f("bytes", row.bytes), f("rate", row.rate), f("unit", row.unit);
    }
};

struct SeenRow {
    std::int64_t launch = 0;
    std::string host;
    double at_seconds = 0, others_cpu = 0, steal = 0, frequency = unknown, load = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("host", row.host), f("at_seconds", row.at_seconds),
            f("others_cpu", row.others_cpu), f("steal", row.steal), f("frequency", row.frequency),
            f("load", row.load);
    }
};

struct ProblemRow {
    std::int64_t launch = 0;
    std::string name, baseline_variant;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("name", row.name), f("baseline_variant", row.baseline_variant);
    }
};

struct CaseRow {
    std::int64_t launch = 0;
    std::string app;
    std::int64_t problem = 0;
    std::string variant, uses, promise;
    std::int64_t ranks = 1, threads = 1, first_repeat = 0, repeats = 0, batch = 1;
    double first_seconds = 0, loaded_seconds = 0;
    std::string stopped_by, not_run;
    std::int64_t items = 0, bytes = 0, operations = 0;
    std::string operation, limit_derived;
    std::int64_t limit = -1;
    double limit_seconds = 0;
    std::string verdict;
    std::int64_t checked = 0, failed = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("app", row.app), f("problem", row.problem), f("variant", row.variant),
            f("uses", row.uses), f("promise", row.promise), f("ranks", row.ranks), f("threads", row.threads),
            f("first_repeat", row.first_repeat), f("repeats", row.repeats), f("batch", row.batch),
            f("first_seconds", row.first_seconds), f("loaded_seconds", row.loaded_seconds),
            f("stopped_by", row.stopped_by), f("not_run", row.not_run), f("items", row.items),
            f("bytes", row.bytes), f("operations", row.operations), f("operation", row.operation),
            f("limit_derived", row.limit_derived), f("limit", row.limit),
            f("limit_seconds", row.limit_seconds), f("verdict", row.verdict), f("checked", row.checked),
            f("failed", row.failed);
    }
};

struct CheckRow {
    std::int64_t of_case = 0;
    std::string name, got, want, tolerance;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("name", row.name), f("got", row.got), f("want", row.want),
            f("tolerance", row.tolerance);
    }
};

struct RepeatRow {
    std::int64_t of_case = 0, round = 0, position = -1;
    double seconds = 0;
    std::int64_t slowest_rank = 0;
    double start_skew_seconds = unknown;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("round", row.round), f("position", row.position), f("seconds", row.seconds),
            f("slowest_rank", row.slowest_rank), f("start_skew_seconds", row.start_skew_seconds);
    }
};

struct RankSecondsRow {
    std::int64_t repeat = 0, rank = 0;
    double seconds = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("repeat", row.repeat), f("rank", row.rank), f("seconds", row.seconds);
    }
};

struct RankSummaryRow {
    std::int64_t repeat = 0;
    double min = 0, q1 = 0, median = 0, q3 = 0, max = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("repeat", row.repeat), f("min", row.min), f("q1", row.q1), f("median", row.median), f("q3", row.q3),
            f("max", row.max);
    }
};

struct CallRow {
    std::int64_t of_case = 0, repeat = 0, rank = 0, calls = 1;
    double seconds = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("repeat", row.repeat), f("rank", row.rank), f("calls", row.calls),
            f("seconds", row.seconds);
    }
};

struct ObservedRow {
    std::int64_t of_case = 0, repeat = 0, rank = -1;
    std::string name, unit;
    double value = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("repeat", row.repeat), f("rank", row.rank), f("name", row.name),
            f("unit", row.unit), f("value", row.value);
    }
};

struct ShareRow {
    std::int64_t of_case = 0, rank = 0, threads = 0, items = 0;
    std::string partial;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("rank", row.rank), f("threads", row.threads), f("items", row.items),
            f("partial", row.partial);
    }
};

struct ProfileRow {
    std::int64_t of_case = 0, rank = -1;
    std::string region, parent;
    std::int64_t hits = 0;
    double seconds = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("case", row.of_case), f("rank", row.rank), f("region", row.region), f("parent", row.parent),
            f("hits", row.hits), f("seconds", row.seconds);
    }
};

struct DoubtRow {
    std::int64_t launch = 0, of_case = -1;
    std::string kind, subject;
    double value = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("case", row.of_case), f("kind", row.kind), f("subject", row.subject),
            f("value", row.value);
    }
};

struct HeadlineRow {
    std::int64_t launch = 0, of_case = -1;
    std::string key, label, unit;
    double value = 0;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("launch", row.launch), f("case", row.of_case), f("key", row.key), f("label", row.label),
            f("unit", row.unit), f("value", row.value);
    }
};

// Calls f(name, member) for every column.
template <class Row, class F>
void visit(Row& row, F&& f) {
    std::remove_const_t<Row>::visit(row, f);
}

struct Tables {
    std::vector<LaunchRow> launches;
    std::vector<FactRow> facts;
    std::vector<PlaceRow> placement;
    std::vector<LimitRow> limits;
    std::vector<SeenRow> watch;
    std::vector<ProblemRow> problems;
    std::vector<CaseRow> cases;
    std::vector<CheckRow> checks;
    std::vector<ParameterRow> parameters;
    std::vector<RepeatRow> repeats;
    std::vector<RankSecondsRow> rank_seconds;
    std::vector<RankSummaryRow> rank_summary;
    std::vector<CallRow> calls;
    std::vector<ObservedRow> observed;
    std::vector<ShareRow> shares;
    std::vector<ProfileRow> profile;
    std::vector<DoubtRow> doubts;
    std::vector<HeadlineRow> headlines;
};

// Whether a dump is whole without that table: older ones lack it.
constexpr bool may_lack(std::string_view table) {
    return table == "calls" || table == "limits" || table == "watch" || table == "rank_summary" ||
           table == "profile";
}

// Whether that table is whole without that column.
constexpr bool may_lack(std::string_view table, std::string_view column) {
    return table == "cases" && (column == "limit" || column == "loaded_seconds");
}

// Calls f(name, rows) for every table.
template <class T, class F>
void each_table(T& tables, F&& f) {
    f("launches", tables.launches), f("facts", tables.facts), f("placement", tables.placement),
        f("limits", tables.limits), f("watch", tables.watch), f("problems", tables.problems),
        f("cases", tables.cases), f("checks", tables.checks), f("parameters", tables.parameters),
        f("repeats", tables.repeats), f("rank_seconds", tables.rank_seconds),
        f("rank_summary", tables.rank_summary), f("calls", tables.calls), f("observed", tables.observed),
        f("shares", tables.shares), f("profile", tables.profile), f("doubts", tables.doubts),
        f("headlines", tables.headlines);
}

}  // namespace pacer::dump
