#include "common/placement/host.hpp"

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string>

#include "common/machine/cgroup.hpp"
#include "common/machine/topology.hpp"
#include "common/placement/launcher.hpp"

namespace pacer {

namespace {

bool was_set_at_start(std::string_view variable) {
    std::ifstream file("/proc/self/environ");
    for (std::string setting; std::getline(file, setting, '\0');) {
        if (setting.starts_with(variable) && setting.size() > variable.size() &&
            setting[variable.size()] == '=') {
            return true;
        }
    }
    return false;
}

struct LauncherProcess {
    Launcher kind = Launcher::none;
    int pid = 0;  // 0: not seen
    std::string name = {};
};

// What the user typed starts ranks by helpers of its own.
std::string typed_launcher(Process above) {
    while (!is_typed_launcher(above.name)) {
        const auto parent = process(above.parent);
        if (!parent || !is_mpi_launcher(parent->name)) return {};
        above = *parent;
    }
    return above.name;
}

// The nearest process above this one that starts ranks: other masks and variables may be of shells, wrappers
// or of a launcher further out.
LauncherProcess launcher_above() {
    auto above = process(getppid());
    for (int generation = 0; above && above->pid > 1 && generation < 64; ++generation) {
        if (is_mpi_launcher(above->name)) return {Launcher::mpirun, above->pid, typed_launcher(*above)};
        if (above->name == "slurmstepd") return {Launcher::srun, above->pid};
        above = process(above->parent);
    }
    // In a container of its own it is not seen, but has left variables. The environment as it was at the
    // start: MPI_Init sets the same variables in a process that has no launcher.
    for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"}) {
        if (!was_set_at_start(variable)) continue;
        return {was_set_at_start("SLURM_STEP_ID") ? Launcher::srun : Launcher::mpirun, 0};
    }
    return {};
}

int number_in(const char* variable) {
    const char* const value = std::getenv(variable);
    return value == nullptr ? 0 : std::atoi(value);
}

int slurm_cpus_here() {
    const char* cpus = std::getenv("SLURM_JOB_CPUS_PER_NODE");
    return cpus == nullptr ? 0 : slurm_cpus(cpus, number_in("SLURM_NODEID"));
}

// Whether the job's CPUs are cores, since it wants no other hardware threads (--hint=nomultithread). A step
// counts hardware threads all the same.
bool slurm_counts_cores(int cpus) {
    const char* const hint = std::getenv("SLURM_HINT");
    const bool is_told = hint != nullptr && std::string_view(hint) == "nomultithread";
    return is_told || number_in("SLURM_CPUS_ON_NODE") > cpus;
}

// Nothing but the masks of its processes says which of the host's cores are a launch's:
// without a launcher, what this process may use; under mpirun, what mpirun itself may use, since it alone
// narrows the masks of its ranks; in a Slurm job, the number of CPUs that Slurm granted on this host, since a
// step gets no more of them than it asked for.
void find_share(Machine& here, std::vector<int> granted, const LauncherProcess& launcher) {
    if (launcher.kind == Launcher::none) granted = here.cpus;
    if (launcher.kind == Launcher::mpirun && launcher.pid != 0) {
        const auto of_launcher = allowed_cpus(launcher.pid);
        std::vector<int> both;
        std::set_intersection(granted.begin(), granted.end(), of_launcher.begin(), of_launcher.end(),
                              std::back_inserter(both));
        if (!both.empty()) granted = both;
    }
    here.launch_cores = std::max(1, static_cast<int>(here.cores_of(granted).size()));
    here.launch_cpus = std::max(1, static_cast<int>(granted.size()));
    const int slurm = launcher.kind == Launcher::none ? 0 : slurm_cpus_here();
    if (slurm == 0) return;
    const auto known =
        std::count_if(here.core_of_cpu.begin(), here.core_of_cpu.end(), [](int core) { return core >= 0; });
    const int per_core = slurm_counts_cores(slurm) ? 1 : std::max(1, static_cast<int>(known) / here.cores);
    const int cores = std::min(here.cores, (slurm + per_core - 1) / per_core);
    here.launch_cores = launcher.kind == Launcher::srun ? cores : std::min(here.launch_cores, cores);
    here.launch_cpus = slurm;
}

// The calling thread's CPUs are not all of the process's if OpenMP has already bound this thread to one
// place: GNU's does so when it is loaded. Its other places are the process's, too.
std::vector<int> own_cpus() {
    auto cpus = allowed_cpus(0);
    if (!topology().instead.empty()) return cpus;  // OpenMP knows this machine alone
    for (int place = 0; place < omp_get_num_places(); ++place) {
        std::vector<int> of_place(static_cast<std::size_t>(std::max(0, omp_get_place_num_procs(place))));
        if (!of_place.empty()) omp_get_place_proc_ids(place, of_place.data());
        cpus.insert(cpus.end(), of_place.begin(), of_place.end());
    }
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return cpus;
}

Machine read_machine() {
    Machine here;
    here.cpus = own_cpus();
    here.quota = cpu_quota();
    here.core_of_cpu = topology().core_of_cpu;
    // A CPU that the topology does not know, or all of them without one, is a core of its own.
    int next = here.core_of_cpu.empty()
                   ? 0
                   : *std::max_element(here.core_of_cpu.begin(), here.core_of_cpu.end()) + 1;
    for (const int cpu : here.cpus) {
        const auto index = static_cast<std::size_t>(cpu);
        if (here.core_of_cpu.size() <= index) here.core_of_cpu.resize(index + 1, -1);
        if (here.core_of_cpu[index] < 0) here.core_of_cpu[index] = next++;
    }
    here.cores = std::max(1, next);
    const auto launcher = launcher_above();
    here.launcher = launcher.kind;
    here.launcher_name = launcher.name;
    find_share(here, topology().cpus.empty() ? here.cpus : topology().cpus, launcher);
    return here;
}

}  // namespace

std::vector<int> Machine::cores_of(const std::vector<int>& some_cpus) const {
    std::vector<int> found;
    for (const int cpu : some_cpus) {
        const auto index = static_cast<std::size_t>(cpu);
        if (index < core_of_cpu.size() && core_of_cpu[index] >= 0) found.push_back(core_of_cpu[index]);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

const Machine& machine() {
    static const Machine here = read_machine();
    return here;
}

int srun_tasks() {
    const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
    if (tasks == nullptr || std::getenv("SLURM_PTY_PORT") != nullptr) return 0;
    return launcher_above().kind == Launcher::mpirun ? 0 : std::atoi(tasks);
}

int slurm_cpus(std::string_view cpus_per_node, int node) {
    const char* at = cpus_per_node.data();
    const char* const end = at + cpus_per_node.size();
    int left = node;
    while (at < end) {
        int cpus = 0, nodes = 1;
        auto number = std::from_chars(at, end, cpus);
        if (number.ec != std::errc() || cpus < 1) return 0;
        at = number.ptr;
        if (at + 2 < end && at[0] == '(' && at[1] == 'x') {
            number = std::from_chars(at + 2, end, nodes);
            if (number.ec != std::errc() || number.ptr == end || *number.ptr != ')') return 0;
            at = number.ptr + 1;
        }
        if (left < nodes) return cpus;
        left -= nodes;
        if (at < end && *at++ != ',') return 0;
    }
    return 0;
}

}  // namespace pacer
