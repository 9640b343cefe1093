#include "common/launcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

namespace pacer {

std::optional<Process> process(int pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);  // "pid (name) state parent ..."
    const auto open = line.find('('), close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close + 4 > line.size())
        return std::nullopt;
    return Process{pid, std::atoi(line.c_str() + close + 4), line.substr(open + 1, close - open - 1)};
}

std::string why_alone(int tasks, int ranks) {
    if (tasks < 2 || ranks > 1) return "";
    return fmt::format(
        "srun started {} tasks, and MPI does not connect them: each would run alone. Choose a PMI that this "
        "MPI "
        "understands (srun --mpi=list names them; for the job scripts PACER_LAUNCHER_OPTIONS=--mpi=pmix, "
        "say), or "
        "start by mpirun (PACER_LAUNCHER=mpirun)",
        tasks);
}

bool is_mpi_launcher(std::string_view process_name) {
    constexpr std::array<std::string_view, 15> names = {
        "mpirun",        "mpiexec",      "orterun",        "orted",           "prterun",
        "prted",         "prte",         "mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich",
        "mpiexec.mpich", "mpirun.hydra", "mpiexec.hydra",  "hydra_pmi_proxy", "hydra_bstrap_pr"};
    return std::find(names.begin(), names.end(), process_name) != names.end();
}

}  // namespace pacer
