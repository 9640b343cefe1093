// What one launch leaves behind, as plain data, for the screen, HDF5, CSV and JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/doubt.hpp"
#include "common/base/facts.hpp"
#include "common/machine/watch_row.hpp"
#include "common/machine/work.hpp"
#include "common/measure/calls.hpp"
#include "common/measure/verify.hpp"
#include "common/parallel/uses.hpp"
#include "common/placement/place.hpp"

namespace pacer {

enum class Promise { right, racy };  // racy: a wrong answer is the lesson, not a failure
enum class StoppedBy { unknown, converged, budget, count, signal };  // why a case got no more repeats

// A rank's part in a case, for the proof: over the ranks of the case, items and partials add up to the whole.
struct Share {
    int rank = 0;
    int threads = 0;
    std::int64_t items = 0;
    std::string partial;  // decimal
};

// A number that came with each repeat: "lost_updates". In the order run.
struct Series {
    std::string name;
    std::vector<double> values;
};

// The series of that name is shown as a column: how far the answer was from the correctly rounded one, in
// units of that one's last place, and 0 only if the bits are the same.
inline constexpr std::string_view error_ulp = "error_ulp";

// The seconds of all ranks in one repeat, where there are too many to keep each: quartiles as by quantile().
struct RankSummary {
    double min = 0, q1 = 0, median = 0, q3 = 0, max = 0;
    std::int32_t slowest_rank = 0;
    bool operator==(const RankSummary&) const = default;
};
RankSummary summary_of_ranks(const std::vector<double>& seconds);

// What a region of the source took in all executions of a case, warm-up included, over the threads of a rank.
// The region that has no name is that of the executions themselves: how many they were, and their seconds
// times threads.
struct RegionTime {
    int rank = 0;  // -1: all, where there are too many to keep each
    std::string region,
        parent;  // "sum the chunk (apps/reduce/variants/chunked.cpp:31)", and what was open around it
    std::int64_t hits = 0;
    double seconds = 0;
    bool operator==(const RegionTime&) const = default;
};

// One case of one launch: app + variant + ranks + threads + parameters, and what was measured of it.
struct Record {
    std::string app, problem, variant;  // the problem by name, where an app has several
    Uses uses = Uses::core;
    Promise promise = Promise::right;
    int ranks = 1, threads = 1;       // threads of each rank
    Facts parameters;                 // every problem parameter under its option's name
    std::string baseline = "serial";  // the variant of the same problem that speedups refer to
    Work work;
    Limit limit;
    double first_seconds = 0;   // the very first execution, cold
    double loaded_seconds = 0;  // an execution while the other cores of the launch compute; 0: unknown
    StoppedBy stopped_by = StoppedBy::unknown;
    std::int64_t batch = 1;              // executions a repeat, its seconds divided by it
    std::vector<double> seconds;         // [repeats x ranks], row-major, in the order run
    std::vector<RankSummary> of_ranks;   // [repeats], instead of the seconds; empty: they are all there
    std::vector<std::int32_t> round;     // [repeats]: the interleaving round of each repeat
    std::vector<std::int32_t> position;  // [repeats]: its place in that round, from 0; empty: unknown
    Calls calls;                         // what the calls of the repeats took, where a repeat makes several
    Verdict verdict;
    std::vector<Share> shares;        // a row a rank of the case
    std::vector<Series> observed;     // [repeats] each
    std::vector<RegionTime> profile;  // rank after rank; empty unless asked for
    std::string not_run;              // why the case was not run; empty if it was

    std::size_t repeats() const { return round.size(); }
    std::vector<double> repeat_seconds() const;            // each repeat's slowest rank, in the order run
    bool knows_ranks() const { return !seconds.empty(); }  // what each of them took
    // Right, or racy by promise. A case that was not run has not failed; one that was run unchecked has.
    bool failed() const;
};

// How a case was timed, where that differs from what its name meant in older dumps. Cases that differ in it
// are never compared, but belong to one problem.
inline constexpr std::string_view method_parameter = "method";

// The same app and parameters, whatever the method.
bool same_problem(const Record& a, const Record& b);

// The parameters that are not the same in all records: what tells the problems of one launch apart.
Facts particular_parameters(const Record& record, const std::vector<Record>& all);

// The variant's name, with as many of its parameters as tell it from its namesakes: "mpi", "push_back
// (elements 4)".
std::string case_name(const Record& record, const std::vector<Record>& all);

// What the shares of a case add up to; the partials to nothing if one of them is no number.
Number sum_of_items(const std::vector<Share>& shares);
std::optional<Number> sum_of_partials(const std::vector<Share>& shares);

// A figure that shows at a glance what a machine can do: the value of a case, or, with record -1, of the
// launch.
struct Headline {
    int record = -1;
    std::string key, label, unit;
    double value = 0;
};

// One mpirun or srun of an app: the unit of comparison.
struct Launch {
    std::string id;  // <UTC start>-<8 hex digits>: unique, sorts by time
    Facts environment;
    std::vector<HostFacts> hosts;  // what its nodes were like, if it ran on several
    std::vector<Place> placement;
    std::vector<Doubt> doubts;  // that nothing else here tells: see all_doubts
    std::vector<Headline> headlines;
    std::vector<MeasuredRate> rates;  // what limits follow from, in the order measured
    std::vector<WatchRow> watch;      // node after node, each in the order of time
    std::vector<Record> records;      // in the order of the app's variant table
};

std::string_view name_of(Uses uses);
std::string_view name_of(Promise promise);
std::string_view name_of(Operation operation);
std::string_view name_of(StoppedBy reason);

// The enumerator of that name; throws std::invalid_argument for any other text.
Uses uses_named(std::string_view name);
Promise promise_named(std::string_view name);
Operation operation_named(std::string_view name);
StoppedBy stopped_by_named(std::string_view name);

}  // namespace pacer
