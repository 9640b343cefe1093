// reduce: the sum of n numbers, done in several ways. The problem, the answer, and the table of variants.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/reduce/data.hpp"
#include "apps/reduce/windows.hpp"
#include "common/exact_sum/state.hpp"
#include "common/machine/memory.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/partition.hpp"
#include "common/parallel/shared_counter.hpp"
#include "common/placement/placement.hpp"

namespace pacer::reduce {

enum class Source { iota, memory };  // values made as they are summed, or lying in memory
enum class Type { i64, f64 };

struct Settings {
    Source source = Source::iota;
    Type type = Type::i64;
    Data data = Data::whole;  // of f64 in memory
    std::int64_t elements = 2'000'000'000;
    std::int64_t chunk = 32768;      // elements that `chunked` draws at a time: 256 KiB, which L2 holds
    std::optional<double> expected;  // what the exact sum must be, to the bit
    std::int64_t memory_bytes = 0;   // that the data may take on each node; 0: what is free
};

// Elements of one range, in memory. Only the pointer of the problem's type is set.
struct Values {
    Range range;
    Buffer<std::uint64_t> int64;
    Buffer<double> float64;
};

// What the answer is judged by, on every rank.
struct Truth {
    Number sum;             // correctly rounded
    double magnitudes = 0;  // the sum of the absolute values; of f64
    ExactSum exact;         // before it is rounded; of f64 in memory that is no Data::whole
};

// Built outside the clock. The variants leave it untouched, except for the windows that two of them work
// through; only alter() changes it.
struct Problem {
    Settings settings;
    mutable Range all;     // elements 0 .. n-1
    Values whole;          // memory: all elements, on rank 0, for teams of one; absent if too large
    Values mine;           // memory: this rank's part, for teams of several ranks
    std::string no_whole;  // why `whole` is absent
    mutable Truth truth, other_truth;  // and that of the altered problem, or of the one before it was altered
    mutable bool altered = false;
    SharedCounter tickets;  // of `chunked`
    SharedParts parts;      // of `chunked`, memory: what it fetches chunks from
    NodeSlots slots;        // of `shared`
};

struct Answer;

// Makes what the chosen variants need. Collective. Throws UsageError if the ranks' parts alone do not fit the
// nodes' memory, or if n is beyond what the type sums exactly.
Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     std::span<const Variant<Problem, Answer>> chosen);

// From the elements' indices alone where their sums are exact in any order, else from those in memory.
// Collective; `threads` of each rank share the work.
Truth find_truth(const Problem& problem, const Team& world, int threads);

struct Answer {
    Number total;  // on rank 0
    Part own;      // what this rank summed
};

using ReduceVariant = Variant<Problem, Answer>;
inline constexpr std::int64_t rounded_once = 1;  // the argument of a row that promises the exact sum's bits

// Sums of whole numbers must be exact; others of n numbers x within n * eps * sum |x|, or to the bit where
// the row promises that. Observes the error of f64 in memory.
Judgement judge(const Problem& problem, const ReduceVariant& variant, Answer& answer, const Team& team);
// One element fewer of iota; in memory another value in the middle.
void alter(const Problem& problem, const ReduceVariant& variant, const Team& team);
// How far `got` is from `want` in units of the last place of `want`, which is finite; 0 only for the same
// bits.
double units_in_last_place(double got, double want);
Work work(const Settings& settings);
Facts parameters(const Settings& settings);
void describe(const Problem& problem, const ReduceVariant& variant, Record& record);

// A double in hexadecimal, "-0x1.8p+3": the whole word. Throws UsageError.
double parse_hexadecimal(const std::string& word);
// What the exact sum is and should be, unless it has the bits that were expected; the same on every rank.
std::string unexpected_sum(const Problem& problem);

// True for doubles in memory, which is where `exact`, `kahan` and `pairwise` have something to show.
constexpr bool doubles_in_memory(const Settings& settings) {
    return settings.type == Type::f64 && settings.source == Source::memory;
}

// The names of the variants to be run: those given, or all that suit the settings. Throws UsageError.
std::vector<std::string> suitable(const Settings& settings, const std::vector<std::string>& names);

// A sum of no elements, of the problem's type.
Number zero(const Settings& settings);

// The variants, a file each. To add your own: variants/<name>.cpp, its name here and in CMakeLists.txt, and a
// row below.
using Way = Answer(const Problem&, const Team&);
Way serial, simd, openmp, mpi, hybrid, chunked, shared, pairwise, kahan, exact;

inline const Group<Problem, Answer> group = {
    "sum",
    "serial",
    {
        {"serial", "the loop a newcomer writes", serial, Uses::core},
        {"simd", "independent lanes in the vector registers of one core", simd, Uses::core},
        {"openmp", "each thread its share", openmp, Uses::threads},
        {"mpi", "each rank its share, then MPI_Reduce", mpi, Uses::ranks},
        {"hybrid", "OpenMP threads inside each rank, then MPI_Reduce", hybrid, Uses::both},
        {"chunked", "chunks drawn from a shared queue by whoever is free, written to a buffer, then summed",
         chunked, Uses::ranks},
        {"shared", "ranks of a node add up in an MPI-3 shared-memory window, node leaders MPI_Reduce", shared,
         Uses::ranks},
        {"pairwise", "threads and ranks, each adding blocks as a binary tree; doubles in memory only",
         pairwise, Uses::both},
        {"kahan", "threads and ranks, each making up for what additions lose; doubles in memory only", kahan,
         Uses::both},
        {"exact", "threads and ranks, rounded once: the same bits for any number; doubles in memory only",
         exact, Uses::both, Promise::right, rounded_once},
    }};

}  // namespace pacer::reduce
