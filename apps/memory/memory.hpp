// memory: what a node's memory gives, by how it is asked. The problem, the answer, and the table of variants.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory/mapping.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/probes.hpp"
#include "common/machine/topology.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/random.hpp"
#include "common/placement/placement.hpp"

namespace pacer::memory {

inline constexpr std::int64_t line_bytes = 64;  // of a cache line
inline constexpr std::int64_t element_bytes = sizeof(double);
inline constexpr std::int64_t line_elements = 8;  // doubles in it
inline constexpr std::int64_t chains = 8;         // that `chases` follows at once, an arc of the cycle each
inline constexpr std::int64_t page_lines = 64;    // lines of a page of 4 KiB
inline constexpr std::int64_t page_passes = 64;   // of a repeat over all pages, whose lines stay in a cache

// A chain that is gone through several times does not end where it began, but up to so many lines further:
// going through it once does not tell what all of it comes to.
constexpr std::int64_t lines_beyond(std::int64_t lines) {
    constexpr std::int64_t most = 1000;
    return lines / 2 < most ? lines / 2 : most;
}

struct Settings {
    std::optional<std::int64_t> elements;  // of each array on a node; none: by what the caches hold
    std::int64_t ahead = 128;              // lines between what `prefetch` asks for and what it reads
    std::int64_t memory_bytes = 0;         // of a node, that may be used; 0: what is free
    std::optional<Caches> caches;          // of rank 0's host; none: what it tells
};

// The part of a node's arrays that one process works on: elements first .. first + elements - 1, touched
// first by the threads that will work on them. b and c are absent where only reading is wanted.
struct Arrays {
    std::int64_t first = 0, elements = 0;
    Buffer<double> a, b, c;
};

// A cache line that says which comes next. All of them are one cycle.
struct alignas(line_bytes) Link {
    std::int64_t next, value;
};

// Bytes a second, by what the probe does and by who works, counted as STREAM counts.
using Bandwidths = std::map<std::pair<const Probe*, Uses>, double>;

// Built outside the clock. The variants leave all of it as it is except for c, which is theirs to write; only
// alter() changes it.
struct Problem {
    int nodes = 1;                                       // of the launch; each has arrays of its own
    std::int64_t node_elements = 0;                      // of each array of read, write, copy and triad
    std::int64_t core_elements = 0;                      // of the array that all else works on, on rank 0
    std::int64_t rows = 0, columns = 0;                  // of the matrix that array is also seen as
    std::int64_t lines = 0, ahead = 0;                   // that array's cache lines
    std::shared_ptr<const Arrays> core, threads, ranks;  // for one core, the threads of rank 0, and all ranks
    std::vector<std::int64_t> order;                     // the lines at random
    std::array<std::int64_t, chains> starts{};           // the lines at which equal arcs of the cycle begin
    Mapping links;                    // Link: the cycle goes through the lines in that order
    std::int64_t pages = 0;           // of 4 KiB, of which one line each fits the second cache
    std::int64_t pages_end = 0;       // the line to which their cycle has led in the end
    Mapping small_pages, huge_pages;  // Link: a cycle through one line of each page, at random
    Buffer<double> padded;            // the matrix, its rows a line longer
    Mapping kept;                     // what next_pass writes to
    // Gone through before each repeat, so that none finds its data in a cache, by so many elements of it that
    // all threads of a process share. None where the arrays fit a cache.
    Buffer<double> eviction;
    std::map<Uses, std::int64_t> eviction_elements;
    std::map<std::int64_t, std::int64_t> strided_bits;  // of every so many'th element of the array, added up
    // On rank 0: of a node's a, of one of each line, of the matrix, of what `pages` goes through.
    std::int64_t node_sum = 0, line_sum = 0, matrix_sum = 0, page_sum = 0;
    // What alter() has added to the sums of this rank's elements and of their bits; 0 if nothing.
    mutable std::int64_t added = 0, added_bits = 0;
    std::string no_huge_pages;   // why there are none
    std::optional<Doubt> doubt;  // that the arrays are smaller than usual
    bool is_in_cache = false;    // what one core works on
    Bandwidths limits;           // on rank 0; empty: not probed
};

struct Answer {
    Part own = {};                        // items; the sum of those read
    std::shared_ptr<Mapping> fresh = {};  // memory of first_pass
};

using MemoryVariant = Variant<Problem, Answer>;

using Groups = std::vector<Group<Problem, Answer>>;

// Element i of a, b, and of what `write` writes: whole numbers, whose sums are exact. Those that are read
// follow no rule that a variant could use instead of reading them; a wrong element shows.
constexpr double value_a(std::int64_t i) {
    return static_cast<double>(mixed(static_cast<std::uint64_t>(i)) >> 44);
}
constexpr double value_b(std::int64_t i) {
    return static_cast<double>(mixed(~static_cast<std::uint64_t>(i)) >> 48);
}
constexpr double value_written(std::int64_t i) {
    return static_cast<double>(i);
}

// Makes what the chosen variants need. If that does not fit a node's memory it makes smaller arrays, or
// throws UsageError where their size was given. Collective.
Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     const Groups& chosen);

// Probes what the chosen variants are compared with, each for so many seconds or two tries. Collective.
void probe_limits(Problem& problem, const Team& world, const Threads& threads, const Groups& chosen,
                  double seconds);

// Leaves other data in the caches of all cores that the variant will use, of which as much has still to be
// written to memory as of what the variant will leave there itself. What `pages` goes through is brought into
// them instead.
void prepare(const Problem& problem, const MemoryVariant& variant, const Team& team);

// What judges the variants of an experiment: looks at what they have written, and spoils it.
using Judge = Judgement (*)(const Problem&, const MemoryVariant&, Answer&, const Team&);
Judge judge_of(std::string_view experiment);
// Adds 1 to an element in the middle of what the variant reads, wherever it finds that element.
using Alter = void (*)(const Problem&, const MemoryVariant&, const Team&);
Alter alter_of(
    std::string_view experiment);  // none where all that is written is spoilt in each repeat anyway
Facts parameters(const Problem& problem, std::string_view experiment);
void describe(const Problem& problem, const MemoryVariant& variant, Record& record);

// The variants, a file for those that do the same.
using Way = Answer(const Problem&, const Team&);
template <Uses uses>
Way read;
template <Uses uses>
Way write;
template <Uses uses>
Way copy;
template <Uses uses>
Way triad;
Way write_nontemporal, copy_nontemporal, triad_nontemporal;
template <std::int64_t bytes>
Way stride;
Way sequential, random, prefetch, chase, chases, row_major, column_major, column_padded, column_blocked,
    first_pass, first_pass_huge, next_pass, pages_small, pages_huge;

// The argument of a row whose memory must be new in each repeat. That of a stride is its bytes.
inline constexpr std::int64_t new_memory = 1;

inline const Groups experiments = {
    {"read",
     "read",
     {
         {"read", "adds up an array", read<Uses::core>, Uses::core},
         {"read_threads", "the same, each thread its share", read<Uses::threads>, Uses::threads},
         {"read_ranks", "the same, each rank its share", read<Uses::ranks>, Uses::ranks},
         {"read_hybrid", "the same, threads inside each rank", read<Uses::both>, Uses::both},
     }},
    {"write",
     "write",
     {
         {"write", "fills an array; each line is read before it is written", write<Uses::core>, Uses::core},
         {"write_nontemporal", "the same past the caches: nothing is read", write_nontemporal, Uses::core},
         {"write_threads", "each thread its share", write<Uses::threads>, Uses::threads},
         {"write_ranks", "each rank its share", write<Uses::ranks>, Uses::ranks},
         {"write_hybrid", "threads inside each rank", write<Uses::both>, Uses::both},
     }},
    {"copy",
     "copy",
     {
         {"copy", "c = a", copy<Uses::core>, Uses::core},
         {"copy_nontemporal", "c = a, c written past the caches", copy_nontemporal, Uses::core},
         {"copy_threads", "c = a, each thread its share", copy<Uses::threads>, Uses::threads},
         {"copy_ranks", "c = a, each rank its share", copy<Uses::ranks>, Uses::ranks},
         {"copy_hybrid", "c = a, threads inside each rank", copy<Uses::both>, Uses::both},
     }},
    {"triad",
     "triad",
     {
         {"triad", "c = a + 3 b", triad<Uses::core>, Uses::core},
         {"triad_nontemporal", "c = a + 3 b, c written past the caches", triad_nontemporal, Uses::core},
         {"triad_threads", "c = a + 3 b, each thread its share", triad<Uses::threads>, Uses::threads},
         {"triad_ranks", "c = a + 3 b, each rank its share", triad<Uses::ranks>, Uses::ranks},
         {"triad_hybrid", "c = a + 3 b, threads inside each rank", triad<Uses::both>, Uses::both},
     }},
    {"stride",
     "stride_8",
     {
         {"stride_8", "adds up every double", stride<8>, Uses::core, Promise::right, 8},
         {"stride_16", "every 2nd double", stride<16>, Uses::core, Promise::right, 16},
         {"stride_32", "every 4th double", stride<32>, Uses::core, Promise::right, 32},
         {"stride_64", "every 8th double: one of each line", stride<64>, Uses::core, Promise::right, 64},
         {"stride_128", "one of every 2nd line", stride<128>, Uses::core, Promise::right, 128},
         {"stride_256", "one of every 4th line", stride<256>, Uses::core, Promise::right, 256},
         {"stride_512", "one of every 8th line", stride<512>, Uses::core, Promise::right, 512},
         {"stride_1024", "one of every 16th line", stride<1024>, Uses::core, Promise::right, 1024},
     }},
    {"order",
     "sequential",
     {
         {"sequential", "one double of each line, line after line", sequential, Uses::core},
         {"random", "the lines in random order, from a list: many loads at once", random, Uses::core},
         {"prefetch", "the same, each line asked for some lines ahead", prefetch, Uses::core},
         {"chase", "each line says which comes next: one load at a time", chase, Uses::core},
         {"chases", "eight such chains at once", chases, Uses::core},
     }},
    {"matrix",
     "row_major",
     {
         {"row_major", "a matrix along its rows, as it lies in memory", row_major, Uses::core},
         {"column_major", "along its columns: each element from another line", column_major, Uses::core},
         {"column_padded", "the same, rows a line longer: other sets of the caches", column_padded,
          Uses::core},
         {"column_blocked", "eight columns at a time: whole lines", column_blocked, Uses::core},
     }},
    {"fresh",
     "next_pass",
     {
         {"next_pass", "fills memory that was written before", next_pass, Uses::core},
         {"first_pass", "fills new memory: the system finds and clears each page", first_pass, Uses::core,
          Promise::right, new_memory},
         {"first_pass_huge", "the same on huge pages: fewer of them", first_pass_huge, Uses::core,
          Promise::right, new_memory},
     }},
    {"pages",
     "pages_small",
     {
         {"pages_small", "one line of each page of 4 KiB at random: more pages than a core remembers",
          pages_small, Uses::core},
         {"pages_huge", "the same lines on huge pages", pages_huge, Uses::core},
     }}};

}  // namespace pacer::memory
