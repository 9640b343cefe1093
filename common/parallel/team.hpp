// The processes and threads of a launch, and the only ways in and out of MPI.
#pragma once

#include <mpi.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"

namespace pacer {

// Who works together. Passed by reference; nobody else asks MPI for rank or size.
struct Team {
    MPI_Comm comm = MPI_COMM_NULL;
    int rank = 0, size = 1, threads = 1;
    MPI_Comm node =
        MPI_COMM_NULL;  // the team's ranks that share this rank's memory and clock, in the team's order
    // This node has fewer cores for the launch than ranks: whoever waits busily takes the core of another.
    bool crowded = false;
    int node_rank = 0, node_size = 1;  // this rank's place in `node`
    int nodes = 1;                     // of the whole team
    bool root() const { return rank == 0; }
    bool node_root() const { return node_rank == 0; }
};

// Runs `body` between MPI_Init_thread and MPI_Finalize and returns the program's exit status.
// A UsageError, thrown on every rank alike, is printed by rank 0 and ends the launch with status 2. Any other
// exception, on any rank, is printed once a node at most with rank, host and activity() and ends the launch
// with MPI_Abort. The team's communicator is a duplicate of MPI_COMM_WORLD; its `threads` is 1.
// `thread_level`: what MPI is asked for, which it need not give.
int launch(std::string_view program, int argc, char** argv,
           const std::function<ExitStatus(const Team&)>& body, int thread_level = MPI_THREAD_SERIALIZED);

// The name of the host this process runs on.
std::string host_name();

// What this process is doing, for the message of an exception.
void set_activity(std::string_view activity);

// Seconds since launch() began, on this rank.
double seconds_since_launch();

// Runs `work` on rank 0 only. A UsageError thrown there is thrown on every rank. Collective.
void on_root(const Team& team, const std::function<void()>& work);

// Runs `work` on every rank. A UsageError thrown on some is thrown on every rank: that of the lowest.
// Collective.
void on_every_rank(const Team& team, const std::function<void()>& work);

// Returns when every rank has called it; waits with sleeps instead of spinning, so that a waiting rank leaves
// its core to others. Collective.
void sleeping_barrier(const Team& team);

// What a team of this process alone works with.
Team team_of_one(int threads);

// For each of the executions that this rank started and ended at these clock readings, the seconds from when
// the first rank of its node started until this rank ended. Where ranks share cores, some leave a barrier
// long before others: a clock of each rank's own would leave out what the late ones waited. Collective over
// the node.
std::vector<double> seconds_since_first_start(const Team& team, std::span<const double> starts,
                                              std::span<const double> ends);

// Throws UsageError on every rank if a rank's clock is not that of its node's first one: in a time namespace
// of its own, say. Collective.
void check_clocks(const Team& team);

// True once a signal asked the launch to stop (SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP, SIGXCPU received by
// this process), which rank 0 says at once if it got one. A second one kills, unless it is of the last two
// kinds.
bool stop_requested();

// A descriptor that becomes readable then, for a thread that waits.
int stop_event();

// Ends the launch from another thread than the main one, which alone may call MPI: has it abort where it next
// waits, and ends this process if it does not in half a second, since it may be anywhere. The launcher then
// ends the others.
[[noreturn]] void abort_from_thread();

// Whether a rank of this node has failed, so that the launch is ending.
bool launch_failed();

// Aborts the launch if another thread has asked for it. For loops that wait.
void heed_abort();

// Length of `count` for an MPI call whose counts are ints; throws std::length_error beyond 2^31 - 1.
int mpi_count(std::size_t count);

// The text of rank `rank`, on every rank. Collective.
std::string text_of_rank(const Team& team, int rank, std::string text);

// The text of every rank, on rank 0, in rank order; empty elsewhere. Collective.
std::vector<std::string> gather_text(const Team& team, const std::string& text);

}  // namespace pacer
