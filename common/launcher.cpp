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

bool is_mpi_launcher(std::string_view process_name) {
    constexpr std::array<std::string_view, 15> names = {
        "mpirun",        "mpiexec",      "orterun",        "orted",           "prterun",
        "prted",         "prte",         "mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich",
        "mpiexec.mpich", "mpirun.hydra", "mpiexec.hydra",  "hydra_pmi_proxy", "hydra_bstrap_pr"};
    return std::find(names.begin(), names.end(), process_name) != names.end();
}

}  // namespace pacer
