// The one command that fixes a placement.
#include <fmt/format.h>

#include <algorithm>

#include "common/placement/judge.hpp"

namespace pacer {

namespace {

enum class Binding { leave, none, core };

// What a right launch looks like.
struct Plan {
    int hosts = 1;
    int ranks = 0;  // in all
    int ranks_per_host = 1;
    int cores = 1;            // of each rank
    int omp_num_threads = 0;  // 0: leave as it is
    Binding binding = Binding::leave;
    bool unpin = false;  // OpenMP is not to bind threads
};

// Threads that are the user's wish: fewer of them if at least two remain for each rank, else fewer ranks.
void fit_given_threads(Plan& plan, int threads, int usable) {
    if (plan.ranks_per_host * threads <= usable) return;
    if (usable / plan.ranks_per_host >= 2) {
        plan.omp_num_threads = usable / plan.ranks_per_host;
    } else if (threads <= usable) {
        plan.ranks_per_host = usable / threads;
    } else {
        plan.ranks_per_host = 1;
        plan.omp_num_threads = usable;
    }
}

Plan make_plan(const std::vector<HostPlacement>& hosts, const std::vector<Uses>& uses,
               const LaunchCommand& command, bool pinned) {
    Plan plan;
    int usable = hosts.front().usable, threads = 1;
    for (const auto& host : hosts) {
        usable = std::min(usable, host.usable);
        threads = std::max(threads, hybrid_threads(host));
        plan.ranks += static_cast<int>(host.ranks.size());
        plan.ranks_per_host = std::max(plan.ranks_per_host, static_cast<int>(host.ranks.size()));
    }
    plan.hosts = static_cast<int>(hosts.size());
    const int before = plan.ranks_per_host;
    const bool process = requested(uses, Uses::threads), hybrid = requested(uses, Uses::both);
    const bool ranks = requested(uses, Uses::ranks);

    if (hybrid && command.threads_given) {
        fit_given_threads(plan, threads, usable);
    } else if (hybrid && !process && !ranks && plan.ranks_per_host * 2 > usable) {
        plan.ranks_per_host = std::max(1, usable / 2);  // a hybrid rank is worth its name with two cores
    } else if (hybrid || ranks) {
        plan.ranks_per_host = std::min(plan.ranks_per_host, usable);
    }
    if (ranks) plan.ranks_per_host = std::min(plan.ranks_per_host, usable);
    if (process && command.threads_given) {
        const auto& root = hosts.front();
        const int asked = static_cast<int>(root.ranks.front()->process_threads.size());
        if (asked > root.usable && plan.omp_num_threads == 0) plan.omp_num_threads = root.usable;
    }
    if (plan.ranks_per_host != before) plan.ranks = plan.ranks_per_host * plan.hosts;

    plan.cores = std::max(1, usable / plan.ranks_per_host);
    if (command.threads_given) plan.cores = plan.omp_num_threads != 0 ? plan.omp_num_threads : threads;
    if (process || (hybrid && (plan.ranks_per_host == 1 || plan.cores == 1))) {
        plan.binding = Binding::none;
    } else if (hybrid || plan.ranks_per_host == before) {
        plan.binding = Binding::core;
    }
    plan.unpin = pinned || command.threads_pinned;
    return plan;
}

std::string environment(const Plan& plan, std::string_view before_each) {
    std::string text;
    if (plan.omp_num_threads != 0)
        text += fmt::format("{}OMP_NUM_THREADS={} ", before_each, plan.omp_num_threads);
    if (plan.unpin) text += fmt::format("{}OMP_PROC_BIND=false ", before_each);
    return text;
}

std::string open_mpi_command(const Plan& plan, const LaunchCommand& command, bool hybrid) {
    std::string text =
        fmt::format("{} {}-np {} ", command.mpirun, command.root ? "--allow-run-as-root " : "", plan.ranks);
    std::string map;
    if (plan.hosts > 1) map = fmt::format("ppr:{}:node", plan.ranks_per_host);
    if (plan.binding == Binding::core && hybrid)
        map += fmt::format("{}:PE={}", map.empty() ? "slot" : "", plan.cores);
    if (!map.empty()) text += fmt::format("--map-by {} ", map);
    if (plan.binding != Binding::leave)
        text += plan.binding == Binding::core ? "--bind-to core " : "--bind-to none ";
    return text + environment(plan, "-x ") + command.program;
}

// MPICH's launcher, Hydra, binds nobody unless told.
std::string mpich_command(const Plan& plan, const LaunchCommand& command, bool hybrid) {
    auto text = fmt::format("{} -np {} ", command.mpirun, plan.ranks);
    if (plan.hosts > 1) text += fmt::format("-ppn {} ", plan.ranks_per_host);
    if (plan.binding == Binding::none) text += "-bind-to none ";
    if (plan.binding == Binding::core) text += fmt::format("-bind-to core:{} ", hybrid ? plan.cores : 1);
    if (plan.omp_num_threads != 0) text += fmt::format("-genv OMP_NUM_THREADS {} ", plan.omp_num_threads);
    if (plan.unpin) text += "-genv OMP_PROC_BIND false ";
    return text + command.program;
}

// Slurm counts CPUs, which may be hardware threads: each rank gets its part of what was granted.
std::string srun_command(const Plan& plan, const std::vector<HostPlacement>& hosts,
                         const LaunchCommand& command, bool needs_threads) {
    int cpus = hosts.front().cpus, cores = hosts.front().cores;
    for (const auto& host : hosts) {
        if (host.cpus < cpus) {
            cpus = host.cpus;
            cores = host.cores;
        }
    }
    const int per_core = std::max(1, cpus / cores);
    int each = (needs_threads ? plan.cores : 1) * per_core;
    if (plan.binding == Binding::none) each = cpus / plan.ranks_per_host;  // so that the step has every core
    return environment(plan, "") +
           fmt::format("srun --ntasks={} {}--cpus-per-task={} --cpu-bind={} {}", plan.ranks,
                       plan.hosts > 1 ? fmt::format("--ntasks-per-node={} ", plan.ranks_per_host) : "",
                       std::max(1, each), plan.binding == Binding::none ? "none" : "cores", command.program);
}

}  // namespace

std::string better_command(const std::vector<HostPlacement>& hosts, const std::vector<Uses>& uses,
                           const LaunchCommand& command, bool pinned) {
    const auto plan = make_plan(hosts, uses, command, pinned);
    const bool hybrid = requested(uses, Uses::both);
    switch (command.launcher) {
        case Launcher::mpirun:
            if (command.mpi == Mpi::open_mpi) return open_mpi_command(plan, command, hybrid);
            if (command.mpi == Mpi::mpich) return mpich_command(plan, command, hybrid);
            return environment(plan, "") +
                   fmt::format("{} -np {} {}", command.mpirun, plan.ranks, command.program);
        case Launcher::srun:
            return srun_command(plan, hosts, command, hybrid || requested(uses, Uses::threads));
        case Launcher::none:
            break;
    }
    // A single process has every core of its launch: only OpenMP's variables can be wrong.
    const auto variables = environment(plan, "");
    return variables.empty() ? "" : variables + command.program;
}

}  // namespace pacer
