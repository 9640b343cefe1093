// The environment of a launch: what a reader of its dump will want to know.
#pragma once

#include <string>
#include <string_view>

#include "common/base/facts.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// Facts known before the run, on rank 0, empty elsewhere: program, version, commit, ..., start_time, in the
// order shown. The machine described is rank 0's host; `hosts` lists all of them. A text that cannot be
// found out is "unknown"; such a number is left out. Collective.
Facts environment_before(const Team& world, std::string_view program, int argc, char** argv);

// CPU time of this host's processors since boot, and its load: what others took during the run follows.
struct CpuTimes {
    double busy_seconds = 0, idle_seconds = 0, steal_seconds = 0, load_1min = 0;
    double own_seconds = 0;  // as own_cpu_seconds()
};
CpuTimes read_cpu_times();

// CPU time of this process, and of those it made and waited for.
double own_cpu_seconds();

// Unique and sorting by time: "20261122T120721Z-1a2b3c4d".
std::string new_launch_id();

// "2026-11-22T12:07:21Z"
std::string utc_now();

}  // namespace pacer
