#include "common/placement/launcher.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <initializer_list>

namespace pacer {

namespace {

constexpr std::string_view srun_variable = "SLURM_STEP_NUM_TASKS";

// By which launchers tell a process how many there are, and which one it is.
struct Told {
    const char *size, *rank;
};
constexpr std::array told_by_launchers = {
    Told{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},  // Open MPI's
    Told{"PMI_SIZE", "PMI_RANK"},                          // MPICH's and its descendants'
    Told{"MPI_LOCALNRANKS", "MPI_LOCALRANKID"},            // theirs, of one node
    Told{"I_MPI_LOCAL_SIZE", "I_MPI_LOCAL_RANK"},
    Told{"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},
    Told{"PMIX_SIZE", "PMIX_RANK"},
    Told{"PALS_LOCAL_SIZE", "PALS_RANKID"},
    Told{"FLUX_JOB_SIZE", "FLUX_TASK_RANK"},
};

std::string_view own_size_variable(std::string_view mpi_library) {
    return mpi_library.starts_with("Open MPI") ? "OMPI_COMM_WORLD_SIZE" : "PMI_SIZE";
}

std::string_view launcher_of(std::string_view mpi_library) {
    if (mpi_library.starts_with("Open MPI")) return "Open MPI's mpirun";
    if (mpi_library.starts_with("Intel")) return "Intel MPI's mpirun";
    return mpi_library.find("CRAY") != mpi_library.npos ? "srun or Cray's mpiexec" : "MPICH's mpiexec";
}

// Whether Open MPI has a component for Slurm's PMI-1 or PMI-2; true if no components of this kind are found.
bool takes_pmi(const std::filesystem::path& folder) {
    bool found = false;
    std::error_code failed;
    for (const auto& above : {folder, folder / "openmpi/lib"}) {  // the second is Debian's
        for (const auto& entry : std::filesystem::directory_iterator(above, failed)) {
            if (!entry.path().filename().string().starts_with("openmpi")) continue;
            for (const auto& file : std::filesystem::directory_iterator(entry.path(), failed)) {
                const auto name = file.path().filename().string();
                if (name == "mca_pmix_s1.so" || name == "mca_pmix_s2.so" || name == "mca_pmix_cray.so")
                    return true;
                found = found || name.starts_with("mca_pmix_");
            }
        }
    }
    return !found;
}

}  // namespace

std::optional<Process> process(int pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);  // "pid (name) state parent ..."
    const auto open = line.find('('), close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close + 4 > line.size())
        return std::nullopt;
    return Process{pid, std::atoi(line.c_str() + close + 4), line.substr(open + 1, close - open - 1)};
}

Started started(std::string_view mpi_library, int srun_tasks, const Variables& variables) {
    const auto number = [&](const char* variable) {
        const char* const value = variables(variable);
        return value == nullptr ? 0 : std::atoi(value);
    };
    const std::string_view own = own_size_variable(mpi_library);
    Started most;
    for (const auto& [size, rank] : told_by_launchers) {
        const int processes = std::max(number(size), number(rank) + 1);
        if (size == own && number(size) > 0) return {processes, number(rank), size};
        if (processes > most.processes)
            most = {processes, number(rank), number(size) > 1 ? size : rank, number(size) > 1};
    }
    if (srun_tasks > 1 && srun_tasks >= most.processes)
        most = {srun_tasks, number("SLURM_PROCID"), std::string(srun_variable)};
    return most;
}

std::string why_alone(const Started& processes, std::string_view mpi_library, const Variables& variables) {
    const char* const alone = variables("PACER_ALONE");
    const bool meant = alone != nullptr && *alone != '\0' && std::string_view(alone) != "0";
    if (processes.processes < 2 || meant) return {};
    const auto advice = "or set PACER_ALONE=1 if each is to run alone";
    if (processes.variable == srun_variable) {
        return fmt::format(
            "srun started {} tasks, and MPI does not connect them: each would run alone. Choose a PMI that "
            "this "
            "MPI understands (srun --mpi=list names them; for the job scripts "
            "PACER_LAUNCHER_OPTIONS=--mpi={}, say), start by mpirun (PACER_LAUNCHER=mpirun), {}",
            processes.processes, mpi_library.starts_with("Open MPI") ? "pmix" : "pmi2", advice);
    }
    return fmt::format(
        "{} says that there are {} processes, and {} sees each of them alone: another MPI "
        "installation's launcher started them. Start by {}, {}",
        processes.variable, processes.processes, mpi_library.substr(0, mpi_library.find_first_of(",\n")),
        launcher_of(mpi_library), advice);
}

bool without_pmi(int srun_tasks, std::string_view mpi_library, const std::filesystem::path& mpi_folder,
                 const Variables& variables) {
    if (srun_tasks < 1 || !mpi_library.starts_with("Open MPI")) return false;
    const auto any_of = [&](std::initializer_list<const char*> names) {
        return std::any_of(names.begin(), names.end(),
                           [&](const char* name) { return variables(name) != nullptr; });
    };
    const bool is_old = mpi_library.starts_with("Open MPI v4") || mpi_library.starts_with("Open MPI v3");
    if (srun_tasks == 1 && !(is_old && any_of({"SLURM_STEP_ID"}))) return false;
    if (any_of({"PMIX_RANK", "PMIX_NAMESPACE"})) return false;
    return !is_old || !any_of({"PMI_RANK", "PMI_FD", "PMI_PORT"}) || !takes_pmi(mpi_folder);
}

std::filesystem::path mpi_folder() {
    Dl_info info{};
    void* const function = dlsym(RTLD_DEFAULT, "MPI_Init");
    if (function == nullptr || dladdr(function, &info) == 0 || info.dli_fname == nullptr) return {};
    std::error_code failed;
    return std::filesystem::canonical(info.dli_fname, failed).parent_path();
}

bool is_mpi_launcher(std::string_view process_name) {
    constexpr std::array<std::string_view, 15> names = {
        "mpirun",        "mpiexec",      "orterun",        "orted",           "prterun",
        "prted",         "prte",         "mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich",
        "mpiexec.mpich", "mpirun.hydra", "mpiexec.hydra",  "hydra_pmi_proxy", "hydra_bstrap_pr"};
    return std::find(names.begin(), names.end(), process_name) != names.end();
}

bool is_typed_launcher(std::string_view process_name) {
    return process_name.starts_with("mpi") || process_name == "orterun" || process_name == "prterun";
}

}  // namespace pacer
