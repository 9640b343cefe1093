// Dumps of format 1 hold no headlines. What the apps of that time would have declared stands here; no new app
// is added.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>

#include "apps/timings/headlines.hpp"

namespace pacer::timings {

namespace {

// Whether the arrays of a case of memory fit the last cache of its host. As memory does, it takes 32 MiB
// where the host does not say.
bool fits_cache(const Record& record, const Launch& launch) {
    double last_cache = 32 << 20;
    for (const char* cache : {"l1d_bytes", "l2_bytes", "l3_bytes", "l4_bytes"})
        last_cache = number_in(launch.environment, cache).value_or(last_cache);
    const auto elements = number_in(record.parameters, "elements");
    return record.app == "memory" && elements && *elements * sizeof(double) < last_cache;
}

}  // namespace

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
    if (found == rules.end()) return {};
    auto headlines = headlines_of(launch, found->second);
    std::erase_if(headlines, [&](const Headline& headline) {
        return fits_cache(launch.records[static_cast<std::size_t>(headline.record)], launch);
    });
    return headlines;
}

}  // namespace pacer::timings
