// The processes above this one, to find the launcher that started it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pacer {

struct Process {
    int pid = 0, parent = 0;
    std::string name;  // its program's, which the kernel cuts at 15 characters
};

// A running process; none if it cannot be seen.
std::optional<Process> process(int pid);

// The sentence for the user if srun started this program `tasks` times over (0: srun did not start it) and
// MPI took each for a launch of its own, of one rank: srun and the MPI library do not understand each other.
// Empty if all is well.
std::string why_alone(int tasks, int ranks);

// Whether mpirun, mpiexec or a helper of theirs that starts ranks is called so.
bool is_mpi_launcher(std::string_view process_name);

}  // namespace pacer
