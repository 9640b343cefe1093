// How MPI communicates, as far as the libraries tell that this process has loaded.
#pragma once

#include <string>
#include <string_view>

#include "common/base/facts.hpp"

namespace pacer {

// mpi_transport, if it can be found out; ucx_version and libfabric_version, "not loaded" if MPI does without.
// To be called after MPI_Init. `mpi_library` is what MPI says of itself.
Facts mpi_facts(std::string_view mpi_library);

// "pml ob1; btl self,tcp,vader" of the text of /proc/self/maps, the files in use: Open MPI unloads the
// components that it does not choose. Empty if there are none: another MPI, or a build with all of them in
// the library.
std::string components_in(std::string_view maps);

// "ch4:ofi" of what MPICH says of itself; empty if it does not.
std::string device_in(std::string_view mpi_library);

// The path of a library in use, "libucp" say, in the text of /proc/self/maps; empty if it is not in use.
std::string library_in(std::string_view maps, std::string_view name);

}  // namespace pacer
