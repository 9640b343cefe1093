// The end of MPI, which some libraries do not find.
#pragma once

#include <string_view>

#include "common/base/status.hpp"

namespace pacer {

// Waits for all ranks, and calls MPI_Finalize. If that has not returned after half a minute, the process ends
// with `status`, and if it `speaks`, says why. `mpi_library` is what MPI says of itself.
void finalize(ExitStatus status, bool speaks, std::string_view mpi_library);

}  // namespace pacer
