// The processes above this one, to find the launcher that started it.
#pragma once

#include <filesystem>
#include <functional>
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

// The processes that a launcher started this program as, by what it tells them in the environment.
struct Started {
    int processes = 1;
    int rank = 0;          // this one's, of them
    std::string variable;  // that says so; empty: none does
    bool counted =
        true;  // false: this one's rank is all that is known, and the first one takes itself for all

    // Whether it is this one that tells the user what is wrong with all.
    bool speaks() const { return rank == (counted ? 0 : 1); }
};

// The value of an environment variable; null if it is not set.
using Variables = std::function<const char*(const char*)>;

// What the launcher of this MPI says counts alone: others may be around it. `mpi_library` is what
// MPI_Get_library_version says, `srun_tasks` see there.
Started started(std::string_view mpi_library, int srun_tasks, const Variables& variables);

// The sentence for the user if MPI takes each of these processes for a launch of its own: they would all do
// the same, and write the same files. Empty if they are one, or if PACER_ALONE is set: it is meant so.
std::string why_alone(const Started& processes, std::string_view mpi_library, const Variables& variables);

// Whether srun started these processes without a PMI that Open MPI understands: its MPI_Init fails then, at
// length, even in a single process as long as SLURM_STEP_ID is set. Since version 5 it understands PMIx
// alone, and before Slurm's own PMI if it has a component for it, in or below `mpi_folder`.
bool without_pmi(int srun_tasks, std::string_view mpi_library, const std::filesystem::path& mpi_folder,
                 const Variables& variables);

// The folder of the MPI library of this process; empty if it is not a shared one.
std::filesystem::path mpi_folder();

// Whether this is the name of mpirun, mpiexec or a helper of theirs that starts ranks.
bool is_mpi_launcher(std::string_view process_name);

// Whether it is one that users type.
bool is_typed_launcher(std::string_view process_name);

}  // namespace pacer
