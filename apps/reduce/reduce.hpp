// reduce: the sum of n numbers, done in several ways. The problem, the answer, and the table of variants.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "apps/reduce/windows.hpp"
#include "common/memory.hpp"
#include "common/partition.hpp"
#include "common/placement.hpp"
#include "common/run.hpp"
#include "common/shared_counter.hpp"
#include "common/variant.hpp"

namespace pacer::reduce {

enum class Source { iota, memory };  // values made as they are summed, or lying in memory
enum class Type { i64, f64 };        // element i is i, or i mod period so that any sum of them is exact

inline constexpr std::int64_t period = 1024;

struct Settings {
    Source source = Source::iota;
    Type type = Type::i64;
    std::int64_t elements = 2'000'000'000;
    std::int64_t chunk = 32768;     // elements that `chunked` draws at a time: 256 KiB, which L2 holds
    std::int64_t memory_bytes = 0;  // that the data may take on each node; 0: what is free
};

// Elements of one range, in memory. Only the pointer of the problem's type is set.
struct Values {
    Range range;
    Buffer<std::uint64_t> int64;
    Buffer<double> float64;
};

// Built outside the clock. The variants leave it untouched, but for the windows that two of them work
// through.
struct Problem {
    Settings settings;
    Range all;              // elements 0 .. n-1
    Values whole;           // memory: all elements, on rank 0, for teams of one; absent if too large
    Values mine;            // memory: this rank's part, for teams of several ranks
    std::string no_whole;   // why `whole` is absent
    SharedCounter tickets;  // of `chunked`
    SharedParts parts;      // of `chunked`, memory: what it fetches chunks from
    NodeSlots slots;        // of `shared`
};

struct Answer;

// Makes what the chosen variants need. Collective. Throws UsageError if the ranks' parts alone do not fit the
// nodes' memory, or if n is beyond what the type sums exactly.
Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     std::span<const Variant<Problem, Answer>> chosen);

struct Answer {
    Number total;  // on rank 0
    Part own;      // what this rank summed
};

Check check(const Problem& problem, const Answer& answer);  // against the closed form, exactly
Part own_part(const Problem& problem, const Answer& answer);
Work work(const Settings& settings);
Facts parameters(const Settings& settings);
void particulars(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record);

// A sum of no elements, of the problem's type.
Number zero(const Settings& settings);

// The variants, a file each.
Answer serial(const Problem& problem, const Team& team);
Answer simd(const Problem& problem, const Team& team);
Answer openmp(const Problem& problem, const Team& team);
Answer mpi(const Problem& problem, const Team& team);
Answer hybrid(const Problem& problem, const Team& team);
Answer chunked(const Problem& problem, const Team& team);
Answer shared(const Problem& problem, const Team& team);

inline constexpr std::array<Variant<Problem, Answer>, 7> variants = {{
    {"serial", "the loop a newcomer writes", serial, Uses::core},
    {"simd", "independent lanes in the vector registers of one core", simd, Uses::core},
    {"openmp", "each thread its share", openmp, Uses::threads},
    {"mpi", "each rank its share, then MPI_Reduce", mpi, Uses::ranks},
    {"hybrid", "OpenMP threads inside each rank, then MPI_Reduce", hybrid, Uses::both},
    {"chunked", "chunks drawn from a shared queue by whoever is free, written to a buffer, then summed",
     chunked, Uses::ranks},
    {"shared", "ranks of a node add up in an MPI-3 shared-memory window, node leaders MPI_Reduce", shared,
     Uses::ranks},
}};

}  // namespace pacer::reduce
