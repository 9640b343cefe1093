// A profile of the code by scoped regions, as line_profiler gives it for Python: where, hits, time, time per
// hit.
//
//     {
//         PACER_REGION("sum the chunk");
//         total += sum(buffer);
//     }
//
// costs the test of a flag when profiling is off, and two readings of the clock when it is on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/parallel/team.hpp"

namespace pacer {
struct Record;
}

namespace pacer::profile {

// A region in the source. Constant-initialised, so that entering it needs no guard.
struct Site {
    const char* label;
    const char* file;
    int line;
    std::atomic<int> index{-1};  // of its counters, assigned at the first hit
};

inline bool enabled = false;  // set once, before the run

// Times its own lifetime, on the thread that makes it. Regions may nest; each counts its whole time, apart
// for each region that is its parent: that which is open around it on the same thread.
class Region {
  public:
    explicit Region(Site& site) {
        if (enabled) begin(site);
    }
    ~Region() {
        if (site_) end();
    }
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;

  private:
    void begin(Site& site);
    void end();

    Site* site_ = nullptr;
    Site* parent_ = nullptr;
    std::int64_t start_ns_ = 0;
};

// Books what the regions counted since the last call to the case of that number, of which this rank made so
// many executions that took `seconds` together, with that many threads. Not while any region is open.
void book(std::size_t number, std::int64_t executions, double seconds, int threads);

// Moves what all ranks booked to the profiles of these cases on rank 0, each rank by itself or their sum.
// Collective.
void move_to(std::vector<Record>& cases, const Team& world, bool by_rank);

// Nanoseconds that an empty region takes while profiling is on.
double cost_per_hit_ns();

}  // namespace pacer::profile

#define PACER_REGION_NAME(line) pacer_region_##line
#define PACER_REGION_AT(label, line)                                                               \
    static constinit ::pacer::profile::Site PACER_REGION_NAME(site_##line){label, __FILE__, line}; \
    const ::pacer::profile::Region PACER_REGION_NAME(line)(PACER_REGION_NAME(site_##line))
#define PACER_REGION_EXPAND(label, line) PACER_REGION_AT(label, line)
#define PACER_REGION(label) PACER_REGION_EXPAND(label, __LINE__)
