// The only way into MPI, and out of it.
#pragma once

#include <mpi.h>

#include <functional>
#include <string_view>

#include "common/base/status.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// Runs `body` between MPI_Init_thread and MPI_Finalize and returns the program's exit status.
// A UsageError, thrown on every rank alike, is printed by rank 0 and ends the launch with status 2. Any other
// exception, on any rank, is printed once a node at most with rank, host and activity and ends the launch
// with MPI_Abort. The team's communicator is a duplicate of MPI_COMM_WORLD; its `threads` is 1.
// `thread_level`: what MPI is asked for, which it need not give.
int launch(std::string_view program, int argc, char** argv,
           const std::function<ExitStatus(const Team&)>& body, int thread_level = MPI_THREAD_SERIALIZED);

}  // namespace pacer
