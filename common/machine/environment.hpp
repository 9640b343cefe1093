// The environment of a launch: what a reader of its dump will want to know.
#pragma once

#include <string>
#include <string_view>

#include "common/base/facts.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// What is known of this host and of what MPI loaded here, on the first rank of each node, empty elsewhere:
// all of host_facts.hpp, system_facts.hpp, mpi_facts.hpp and site_facts.hpp. `dump` is the name of the file
// that is to be written; empty: it is to be in the working directory. Collective.
Facts environment_of_host(const Team& world, const std::string& dump);

// Facts known before the run, on rank 0, empty elsewhere: program, version, commit, ..., start_time, in the
// order shown. `host` has those of rank 0's host; `hosts` lists all of them. A text that cannot be found out
// is "unknown"; such a number is left out. Collective.
Facts environment_before(const Team& world, std::string_view program, int argc, char** argv,
                         const Facts& host);

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
