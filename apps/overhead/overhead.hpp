// overhead: what it costs to start and join workers, to let them wait for each other, and to exchange
// messages. The problems, the answer, and the table of variants.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/overhead/message.hpp"
#include "apps/overhead/starter.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/placement/placement.hpp"

namespace pacer::overhead {

enum class Kind { workers, barrier, message };  // what a problem is about, and which variants solve it

// What MPI is told about the process's threads: that there is one, or that one at a time calls MPI, as in
// every other app. With either, only the first thread does.
enum class ThreadLevel { single, serialized };

struct Settings {
    std::int64_t elements = 131072;  // of 8 bytes, in the largest message
    std::int64_t workers = 0;        // most that are started; 0: as many as there are cores, but 2 at least
    ThreadLevel thread_level = ThreadLevel::serialized;
};

// What all problems of a launch share.
struct Means {
    Buffers buffers;             // for the largest message
    Starter* starter = nullptr;  // of processes, on rank 0
    std::string no_spawn;        // why it cannot; the same on every rank
    bool crowded = false;        // more ranks than cores on some node
    int openmp_threads = 1;      // the most that OpenMP gives rank 0; the same on every rank
    ThreadLevel thread_level = ThreadLevel::serialized;
};

// Elements that arrived wrong at this rank, in all executions so far.
struct Wrong {
    std::int64_t copy = 0, pingpong = 0, reduce = 0, allreduce = 0;
};

enum class Distance { within_node, between_nodes };

// Rank 0 and a partner at that distance.
struct Pair {
    Distance distance = Distance::within_node;
    int partner = 0;  // its rank
};

// The nearest partner on rank 0's node and the first one on another, as far as there are any; without either
// one of rank 0 with itself. The same on every rank. Collective.
std::vector<Pair> pairs_of(const Team& world);

// Built outside the clock. The variants change nothing in it except the means and the counts of wrong
// elements.
struct Problem {
    Kind kind = Kind::workers;
    std::int64_t workers = 1;       // to start, each for one piece of work; Kind::workers
    std::int64_t elements = 0;      // in a message; Kind::message
    std::optional<Pair> pair = {};  // that plays ping-pong; without one the message is for the other variants
    Rates core = {};                // of reading what one message holds; on rank 0; 0: unknown
    Rates ranks = {};               // the same for one message of every rank
    Means* means = nullptr;
    mutable Wrong wrong = {};

    std::int64_t bytes() const { return 8 * elements; }
};

// Made by Harness alone, which makes the calls, clocks them and looks at what they do: a variant that does
// nothing has no answer. It cannot be copied, nor so be kept for another repeat.
class Answer {
  public:
    Answer(Answer&&) noexcept = default;
    Answer& operator=(Answer&&) noexcept = default;

    const Number& total() const { return total_; }                       // on rank 0, see judge()
    const Part& own() const { return own_; }                             // this rank's part of it
    const CallTimes& calls() const { return calls_; }                    // this rank's
    const std::optional<std::int64_t>& hangs() const { return hangs_; }  // before it worked; `spawn` only

  private:
    friend class Harness;
    Answer(Number total, Part own, CallTimes calls)
        : total_(total), own_(std::move(own)), calls_(std::move(calls)) {}

    Number total_;
    Part own_;
    CallTimes calls_;
    std::optional<std::int64_t> hangs_ = {};
};

using OverheadVariant = Variant<Problem, Answer>;
using Groups = std::vector<Group<Problem, Answer>>;

// Most workers to start: what --workers says, or else as many as one process has threads, but 2 at least.
// Throws UsageError.
std::int64_t most_workers(const Settings& settings, const Threads& threads);

// 1, 2, 4, ... up to `most`, which is included; none for 0. The sizes of messages go in eights.
std::vector<std::int64_t> steps(std::int64_t most, std::int64_t factor);

// Allocates and tries what the chosen variants need. The starter, which rank 0 alone uses, must outlive it.
// Collective. Throws UsageError.
std::unique_ptr<Means> make_means(const Team& world, const Settings& settings, std::int64_t workers,
                                  const Groups& chosen, Starter& starter);

// The problems that the chosen variants solve: workers 1, 2, 4, ...; the barrier; messages of 8, 64, ...
// bytes. Probes rates for the limits of large messages if `limits`. Collective.
std::vector<Problem> make_problems(const Team& world, const Threads& threads, const Settings& settings,
                                   std::int64_t workers, const Groups& chosen, Means& means, bool limits);

// Workers: the sum of 1 ... w, each returned by one worker. Barrier: how many ranks left it before the last
// had come. Messages: how many elements arrived wrong at rank 0; those elsewhere are in the parts of their
// ranks.
Judgement judge(const Problem& problem, Answer& answer, const Team& team);
Facts parameters(const Problem& problem);
void describe(const Problem& problem, const OverheadVariant& variant, Record& record);

// The variants, a file each, which say what one call is; harness.hpp makes them.
Answer call(const Problem& problem, const Team& team);
Answer thread(const Problem& problem, const Team& team);
Answer async(const Problem& problem, const Team& team);
Answer openmp_region(const Problem& problem, const Team& team);
Answer openmp_barrier(const Problem& problem, const Team& team);
Answer fork(const Problem& problem, const Team& team);
Answer spawn(const Problem& problem, const Team& team);
Answer barrier(const Problem& problem, const Team& team);
Answer copy(const Problem& problem, const Team& team);
Answer pingpong(const Problem& problem, const Team& team);
Answer reduce(const Problem& problem, const Team& team);
Answer allreduce(const Problem& problem, const Team& team);

// In the order of Kind.
inline const Groups groups = {
    {"workers",
     "call",
     {{"call", "a function call for each piece of work: no workers at all", call, Uses::core},
      {"thread", "std::thread: start w, join w", thread, Uses::threads},
      {"async", "std::async: launch w, get w results", async, Uses::threads},
      {"openmp_region", "a parallel region of w threads that exist already", openmp_region, Uses::threads},
      {"openmp_barrier", "a barrier of w threads inside a parallel region", openmp_barrier, Uses::threads},
      {"fork", "fork w processes, read their results from a pipe, wait for their ends", fork, Uses::threads},
      {"spawn", "MPI_Comm_spawn of w processes, MPI_Gather of their results, MPI_Comm_disconnect", spawn,
       Uses::threads}}},
    {"barrier", "", {{"barrier", "MPI_Barrier of all ranks", barrier, Uses::ranks}}},
    {"message",
     "copy",
     {{"copy", "the message copied by one core: no exchange at all", copy, Uses::core},
      {"pingpong", "MPI_Send and MPI_Recv between two ranks: half a round trip", pingpong, Uses::ranks},
      {"reduce", "MPI_Reduce to rank 0", reduce, Uses::ranks},
      {"allreduce", "MPI_Allreduce", allreduce, Uses::ranks}}}};

inline const Group<Problem, Answer>& group_of(Kind kind) {
    return groups.at(static_cast<std::size_t>(kind));
}

// The variants for that problem: of messages ping-pong, or all but that.
Group<Problem, Answer> group_of(const Problem& problem);

}  // namespace pacer::overhead
