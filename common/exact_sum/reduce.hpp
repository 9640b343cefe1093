// Exact sums of the ranks of a communicator. All that is needed is the plain sum of 64-bit integers.
#pragma once

#include <mpi.h>

#include "common/exact_sum/state.hpp"

namespace pacer {

// The sum of all ranks' sums, the same in every word for any number of ranks; on `root`, elsewhere what MPI
// left. Collective. Up to 2^31 ranks. Throws std::runtime_error where MPI fails and returns.
ExactSum reduce_exact(const ExactSum& mine, int root, MPI_Comm comm);

// The same, on every rank.
ExactSum all_reduce_exact(const ExactSum& mine, MPI_Comm comm);

}  // namespace pacer
