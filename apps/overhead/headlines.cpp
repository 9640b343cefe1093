// What timings summary shows of overhead.
#include "apps/overhead/app.hpp"

namespace pacer::overhead {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    return {
        {"thread", "a thread started and joined", "thread", "kind", "workers", any, seconds_per_item},
        {"openmp_region", "an OpenMP region entered and left", "openmp_region", "kind", "workers", all,
         seconds},
        {"fork", "a process forked and waited for", "fork", "kind", "workers", any, seconds_per_item},
        {"message_8_bytes", "8 bytes within a node, one way", "pingpong", "bytes", "8", all, seconds,
         "distance", "within_node"},
        {"message_8_bytes_between_nodes", "8 bytes between nodes, one way", "pingpong", "bytes", "8", all,
         seconds, "distance", "between_nodes"},
        {"mpi_barrier", "MPI_Barrier", "barrier", "kind", "barrier", all, seconds},
        {"mpi_allreduce_8_bytes", "MPI_Allreduce of 8 bytes", "allreduce", "bytes", "8", all, seconds},
    };
}

}  // namespace pacer::overhead
