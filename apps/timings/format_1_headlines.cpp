// Dumps of format 1 hold no headlines. What the apps of that time would have declared stands here; no app of
// today is to be added.
#include <functional>
#include <map>

#include "apps/timings/headlines.hpp"

namespace pacer::timings {

std::vector<Headline> headlines_of_format_1(const Launch& launch) {
    using enum Cores;
    using enum Quantity;
    static const std::map<std::string, std::vector<HeadlineRule>, std::less<>> rules = {
        {"reduce",
         {
             {"integers_summed_one_core", "integers summed, 1 core", "", "source", "iota", one, rate},
             {"integers_summed_all_cores", "integers summed, all cores", "", "source", "iota", all, rate},
         }},
        {"memory",
         {
             {"memory_read_one_core", "memory read, 1 core", "", "experiment", "read", one, rate},
             {"memory_read_all_cores", "memory read, all cores", "", "experiment", "read", all, rate},
             {"memory_triad_all_cores", "memory by triad, all cores", "", "experiment", "triad", all, rate},
             {"memory_latency", "latency of memory", "chase", "experiment", "order", one, seconds_per_item},
         }},
        {"race",
         {
             {"atomic_increment", "an atomic increment of a shared counter", "atomic", "place", "threads",
              any, seconds_per_item},
         }},
        {"overhead",
         {
             {"thread", "a thread started and joined", "thread", "kind", "workers", any, seconds_per_item},
             {"openmp_region", "an OpenMP region entered and left", "openmp_region", "kind", "workers", all,
              seconds},
             {"fork", "a process forked and waited for", "fork", "kind", "workers", any, seconds_per_item},
             {"message_8_bytes", "a message of 8 bytes, one way", "pingpong", "bytes", "8", all, seconds},
             {"mpi_barrier", "MPI_Barrier", "barrier", "kind", "barrier", all, seconds},
             {"mpi_allreduce_8_bytes", "MPI_Allreduce of 8 bytes", "allreduce", "bytes", "8", all, seconds},
         }},
    };
    const auto found = launch.records.empty() ? rules.end() : rules.find(launch.records.front().app);
    return found == rules.end() ? std::vector<Headline>() : headlines_of(launch, found->second);
}

}  // namespace pacer::timings
