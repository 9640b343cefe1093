// race: n increments of a counter that several workers share. The problem, the answer, and the table of
// variants.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "apps/race/alone.hpp"
#include "apps/race/counter.hpp"
#include "apps/race/counter_window.hpp"
#include "common/machine/memory.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/placement/placement.hpp"

namespace pacer::race {

// Where the counter lies: in the memory of one process, whose threads share it, or in an MPI window, which
// ranks share. An increment costs a thousand times as much there, so that each is a problem of its own.
enum class Place { threads, window };

struct Settings {
    std::int64_t increments = 4'000'000;      // by threads
    std::int64_t window_increments = 20'000;  // by ranks
};

// Built outside the clock. The counters are what the variants work on: each sets those it uses to 0 first.
struct Problem {
    Place place = Place::threads;
    std::int64_t increments = 0;            // by all workers together
    mutable std::int64_t step = 1;          // that each increment adds; alter() makes it another one
    int slots = 0;                          // in each of the next two
    Buffer<Counter> side_by_side;           // threads: one a thread, in one cache line if there are 8 at most
    std::unique_ptr<LoneCounter[]> padded;  // threads: one a thread, each in lines of its own
    CounterWindow window;                   // window
    int ranks_at_once = 1;                  // window: that have a core each
    Alone alone;                            // what the limits follow from
};

// Collective.
Problem make_problem(const Team& world, const Threads& threads, Place place, std::int64_t increments,
                     const Alone& alone = {});

// Makes do with fewer increments of a window's counter where so many would take minutes: its owner has to
// answer each, and waits for a core itself. What was found then, the same on every rank. Collective.
std::optional<Doubt> spare_increments(Problem& problem, const Team& world);

struct Answer {
    std::int64_t count = 0;  // on rank 0
    // The increments that were this rank's to make, which prove the division alone, and what part of the
    // count it held in the end: of mpi_reduce what it counted itself, else on one rank all of it.
    Part own;
};

using RaceVariant = Variant<Problem, Answer>;

// The answer of one process whose threads made all increments.
Answer counted(const Problem& problem, std::int64_t count);
// The answer of a rank that made `made` increments of the counter in the window. Collective.
Answer counted_in_window(const Problem& problem, const Team& team, std::int64_t made);
// How many increments this rank is to make.
std::int64_t share_of(const Problem& problem, const Team& team);

// Makes the step of an increment 3 or 1 again: who returns n without counting is wrong then.
void alter(const Problem& problem, const RaceVariant& variant, const Team& team);
// n steps, exactly; of racy variants the lost updates, too. Throws std::runtime_error for a count that no
// race explains: none at all, more than n, or less than n by a single worker. Leaves other counts in the
// counters, so that nobody is right by what the repeat before counted.
Judgement judge(const Problem& problem, const RaceVariant& variant, Answer& answer, const Team& team);
Work work(const Problem& problem);
Facts parameters(const Problem& problem);
void describe(const Problem& problem, const RaceVariant& variant, Record& record);

// The variants, a file each.
using Way = Answer(const Problem&, const Team&);
Way serial, unprotected, critical, atomic, false_sharing, padded, reduction;  // by threads
Way rma_get_put, rma_lock, rma_accumulate, rma_fetch_and_op, mpi_reduce;      // in the window

inline constexpr RaceVariant baseline = {"serial", "one core makes all increments", serial, Uses::core};

inline const Group<Problem, Answer> by_threads = {
    "threads",
    "serial",
    {baseline,
     {"unprotected", "threads load, add and store the same counter: updates are lost", unprotected,
      Uses::threads, Promise::racy},
     {"critical", "the same, one thread at a time", critical, Uses::threads},
     {"atomic", "threads add to the same counter, each addition indivisible", atomic, Uses::threads},
     {"false_sharing", "a counter a thread, eight to a cache line, added up at the end", false_sharing,
      Uses::threads},
     {"padded", "the same, each counter in a cache line of its own", padded, Uses::threads},
     {"reduction", "OpenMP gives each thread a counter of its own and adds them up", reduction,
      Uses::threads}}};

inline const Group<Problem, Answer> in_window = {
    "window",
    "serial",
    {baseline,
     {"rma_get_put", "ranks get, add and put the counter in rank 0's window: updates are lost", rma_get_put,
      Uses::ranks, Promise::racy},
     {"rma_lock", "the same, each with the window locked", rma_lock, Uses::ranks},
     {"rma_accumulate", "MPI_Accumulate adds to the counter in rank 0's window", rma_accumulate, Uses::ranks},
     {"rma_fetch_and_op", "MPI_Fetch_and_op does, and brings back what it was", rma_fetch_and_op,
      Uses::ranks},
     {"mpi_reduce", "a counter a rank, added up by MPI_Reduce", mpi_reduce, Uses::ranks}}};

}  // namespace pacer::race
