// fileio: a calculation applied to every record of files, the work divided in several ways. The problem, the
// answer, and the table of variants.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/calculation/statistics.hpp"
#include "apps/fileio/flow/effort.hpp"
#include "apps/fileio/flow/process.hpp"
#include "apps/fileio/flow/tally.hpp"
#include "apps/fileio/input.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/shared_counter.hpp"
#include "common/placement/placement.hpp"

namespace pacer::fileio {

// Built outside the clock.
struct Problem {
    Settings settings;
    Calculation calculation;
    Job job;  // what is done with a block, on every rank; refers to the calculation
    std::unique_ptr<TemporaryInput> made;  // the input, if it was made for this launch
    std::vector<InputFile> files;          // of the input, on every rank
    Tally expected;                        // what the plain serial loop comes to, and what was read for it
    Ragged ragged;                         // there; the first one's place on rank 0
    double weight = 0, heaviest = 0;       // of all records together, and of one
    std::unique_ptr<EffortCheck> effort;   // of the answers
    SharedCounter tickets;                 // of `segments`
};

struct Answer {
    Tally all;  // on rank 0: of every piece that arrived there
    Part own;   // what this rank calculated
};

Judgement judge(const Problem& problem, Answer& answer, const Team& team);
Work work(const Problem& problem);
Facts parameters(const Problem& problem);
void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record);

// What variants need of the problem.
Reader open_input(const Problem& problem);  // rank 0
Part part_of_tally(const Tally& tally);

// The variants, a file each.
using Way = Answer(const Problem&, const Team&);
Way serial, openmp, master_worker, hybrid, scatter, parallel_read, segments;

inline const Group<Problem, Answer> group = {
    "records",
    "serial",
    {
        {"serial", "one process reads, calculates and collects, block by block", serial, Uses::core},
        {"openmp", "threads take turns reading a block, and calculate in parallel", openmp, Uses::threads},
        {"master_worker", "rank 0 reads and hands out blocks on demand, the others calculate", master_worker,
         Uses::ranks},
        {"hybrid", "the same, with OpenMP threads inside each worker", hybrid, Uses::both},
        {"scatter", "rank 0 reads and gives every rank an equal share in one go", scatter, Uses::ranks},
        {"parallel_read", "every rank reads its own range of bytes", parallel_read, Uses::ranks},
        {"segments", "every rank draws segments from a shared counter, and reads them", segments,
         Uses::ranks},
    }};

// Makes the input unless there is one, what the chosen variants need, and the expected answer. Collective.
// Throws UsageError: the input cannot be read, or has a bad record and they are not to be skipped.
std::unique_ptr<Problem> make_problem(const Team& world, const Settings& settings, Watch& watch,
                                      std::span<const Variant<Problem, Answer>> chosen = group.variants);

}  // namespace pacer::fileio
