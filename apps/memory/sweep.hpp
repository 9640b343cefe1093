// The sweep: bandwidth and latency of one core by the size of what it works on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/memory/memory.hpp"

namespace pacer::memory {

// One working set. Each is gone through several times in a repeat, so that a small one takes long enough.
struct WorkingSet {
    std::int64_t bytes = 0;
    bool warmed = false;                                // before each repeat: it fits a cache, or nearly
    std::int64_t elements = 0, passes = 1;              // of read
    std::int64_t triad_elements = 0, triad_passes = 1;  // of each of three arrays
    std::int64_t lines = 0, hops = 0;                   // of the cycle, and from line 0 on
    std::int64_t elements_sum = 0, links_sum = 0;       // of one pass
    double *values = nullptr, *a = nullptr, *b = nullptr, *c = nullptr;
    Link* links = nullptr;
    mutable bool altered = false;  // the last of the values, and the value of line 0, are larger by 1
};

struct SweepAnswer {
    Number total;         // of what was read
    std::int64_t at = 0;  // where the chain has led
};

using SweepVariant = Variant<WorkingSet, SweepAnswer>;

// Working sets from 16 KiB to four times the last cache, two an octave, and the memory they lie in.
struct Sweep {
    Buffer<double> values, triads;
    Mapping links;
    std::vector<WorkingSet> sets;  // on rank 0; elsewhere their sizes alone
    std::optional<Doubt> doubt;    // that it ends before it should; rank 0
};
// Up to `elements` doubles; where nobody asked for so many, as far as the caches want it and half of the free
// memory allows. Collective. Throws UsageError.
Sweep make_sweep(const Team& world, const Settings& settings);

Judgement judge_sweep(const WorkingSet& set, const SweepVariant& variant, SweepAnswer& answer,
                      const Team& team);
void alter_sweep(const WorkingSet& set, const SweepVariant& variant, const Team& team);
void prepare_sweep(const WorkingSet& set, const SweepVariant& variant, const Team& team);
Facts sweep_parameters(const WorkingSet& set);
void describe_sweep(const WorkingSet& set, const SweepVariant& variant, Record& record);

// What was reached on each level: the median of the working sets that fit it and not the one before. Empty
// where no caches are known.
std::string levels(const std::vector<Record>& records, const Caches& caches);

SweepAnswer sweep_read(const WorkingSet& set, const Team& team);
SweepAnswer sweep_triad(const WorkingSet& set, const Team& team);
SweepAnswer sweep_chase(const WorkingSet& set, const Team& team);

inline const Group<WorkingSet, SweepAnswer> sweep_group = {
    "sweep",
    "read",
    {
        {"read", "adds up the working set", sweep_read, Uses::core},
        {"triad", "c = a + 3 b and a = c + 3 b in turns, a third of the working set each", sweep_triad,
         Uses::core},
        {"chase", "each line says which comes next", sweep_chase, Uses::core},
    }};

}  // namespace pacer::memory
