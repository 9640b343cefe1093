// The ranks that work together, and what they do together.
#pragma once

#include <mpi.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"

namespace pacer {

// The ranks that work together. Passed by reference; only make_team() asks MPI for rank and size.
struct Team {
    MPI_Comm comm = MPI_COMM_NULL;
    int rank = 0, size = 1, threads = 1;
    // The team's ranks that share this rank's memory and clock, in the team's order.
    MPI_Comm node = MPI_COMM_NULL;
    int node_rank = 0, node_size = 1;
    int nodes = 1;  // that the team is on
    // This node has fewer cores for the launch than ranks: whoever waits busily takes the core of another.
    bool crowded = false;
    bool root() const { return rank == 0; }
    bool node_root() const { return node_rank == 0; }
};

// The name of the host this process runs on.
std::string host_name();

// What MPI says of itself, its name first.
std::string mpi_library();

// Runs `work` on rank 0 only. A UsageError thrown there is thrown on every rank. Collective.
void on_root(const Team& team, const std::function<void()>& work);

// Runs `work` on every rank. A UsageError thrown on some is thrown on every rank: that of the lowest.
// Collective.
void on_every_rank(const Team& team, const std::function<void()>& work);

// Returns when every rank has called it; waits with sleeps instead of spinning, so that a waiting rank leaves
// its core to others. Collective.
void sleeping_barrier(const Team& team);

// The ranks of `comm`, with one thread each. The caller frees `node`. Collective.
Team make_team(MPI_Comm comm);

// What a team of this process alone works with.
Team team_of_one(int threads);

// For each execution that this rank started and ended at these clock readings, the seconds from when the
// first rank of its node started until this rank ended. Where ranks share cores, some leave a barrier long
// before others: if each rank counted from its own start, what the late ones waited would be left out.
// Collective over the node.
std::vector<double> seconds_since_first_start(const Team& team, std::span<const double> starts,
                                              std::span<const double> ends);

// Throws UsageError on every rank if a rank does not share the clock of its node's first rank, because it is
// in a time namespace of its own, say. Collective.
void check_clocks(const Team& team);

// Length of `count` for an MPI call whose counts are ints; throws std::length_error beyond 2^31 - 1.
int mpi_count(std::size_t count);

// The text of rank `rank`, on every rank. Collective.
std::string text_of_rank(const Team& team, int rank, std::string text);

// The text of every rank, on rank 0, in rank order; empty elsewhere. Collective.
std::vector<std::string> gather_text(const Team& team, const std::string& text);

}  // namespace pacer
