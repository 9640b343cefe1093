#include "common/placement/placement.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "common/base/command_line.hpp"
#include "common/base/range_list.hpp"
#include "common/base/split.hpp"
#include "common/machine/topology.hpp"
#include "common/placement/host.hpp"

namespace pacer {

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

// How many numbers the ranks of this node have between them; those of a rank ascend.
int count_of_all(const Team& team, const std::vector<int>& own) {
    int width = own.empty() ? 0 : own.back() + 1;
    MPI_Allreduce(MPI_IN_PLACE, &width, 1, MPI_INT, MPI_MAX, team.node);
    std::vector<int> reached(static_cast<std::size_t>(width), 0);
    for (const int number : own) reached[static_cast<std::size_t>(number)] = 1;
    MPI_Allreduce(MPI_IN_PLACE, reached.data(), width, MPI_INT, MPI_MAX, team.node);
    return static_cast<int>(std::count(reached.begin(), reached.end(), 1));
}

// The ranks that share this rank's host, and the cores of it that the launch may use.
struct Neighbourhood {
    int ranks = 1, cores = 1;
};

Neighbourhood look_around(const Team& world) {
    const auto& here = machine();
    Neighbourhood around;
    around.ranks = world.node_size;
    int granted = here.launch_cores;
    MPI_Allreduce(MPI_IN_PLACE, &granted, 1, MPI_INT, MPI_MAX, world.node);
    around.cores = std::max(granted, count_of_all(world, here.cores_of(here.cpus)));
    return around;
}

int capped(int cores) {
    const double quota = machine().quota;
    if (quota > 0) cores = std::min(cores, static_cast<int>(std::min(std::ceil(quota), 1e6)));
    return std::clamp(cores, 1, omp_get_thread_limit());
}

// Logical CPUs of every thread of a parallel region of this size.
std::vector<std::vector<int>> cpus_of_threads(int threads) {
    std::vector<std::vector<int>> cpus(static_cast<std::size_t>(threads));
    int got = 1;
#pragma omp parallel num_threads(threads) default(none) shared(cpus, got)
    {
#pragma omp single
        got = omp_get_num_threads();
        cpus[static_cast<std::size_t>(omp_get_thread_num())] = allowed_cpus(0);
    }
    cpus.resize(static_cast<std::size_t>(got));
    return cpus;
}

std::vector<std::vector<int>> cores_of_threads(const std::vector<std::vector<int>>& cpus) {
    std::vector<std::vector<int>> cores;
    for (const auto& thread : cpus) cores.push_back(machine().cores_of(thread));
    return cores;
}

// A placement on its way to rank 0: a line for each member; lists of lists with a semicolon after each.
std::string lists_text(const std::vector<std::vector<int>>& lists) {
    std::string text;
    for (const auto& list : lists) text += range_list(list) + ';';
    return text;
}

std::vector<std::vector<int>> lists_in(std::string_view text) {
    std::vector<std::vector<int>> lists;
    for (const auto list : split(text, ';')) lists.push_back(numbers_in(list));
    return lists;
}

std::string packed(const RankPlacement& place) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", place.rank, place.host, place.pid,
                       range_list(place.cpus), range_list(place.cores), lists_text(place.process_threads),
                       lists_text(place.hybrid_threads), lists_text(place.thread_cpus), place.host_cores,
                       place.host_cpus, place.host_quota);
}

RankPlacement unpacked(std::string_view text) {
    const auto lines = split(text, '\n');
    const auto read = [&](std::size_t line, auto& value) {
        const auto word = lines.at(line);
        std::from_chars(word.data(), word.data() + word.size(), value);
    };
    RankPlacement place;
    read(0, place.rank);
    place.host = lines.at(1);
    read(2, place.pid);
    place.cpus = numbers_in(lines.at(3));
    place.cores = numbers_in(lines.at(4));
    place.process_threads = lists_in(lines.at(5));
    place.hybrid_threads = lists_in(lines.at(6));
    place.thread_cpus = lists_in(lines.at(7));
    read(8, place.host_cores);
    read(9, place.host_cpus);
    read(10, place.host_quota);
    return place;
}

// MPICH's descendants have launchers of their own (Intel's) or bind by settings of their own (MVAPICH's).
Mpi mpi_of(std::string_view library) {
    if (library.starts_with("Open MPI")) return Mpi::open_mpi;
    return library.starts_with("MPICH") ? Mpi::mpich : Mpi::other;
}

}  // namespace

Threads decide_threads(const Team& world) {
    on_every_rank(world, [] {
        if (omp_get_max_active_levels() < 1)
            throw UsageError(
                "OMP_MAX_ACTIVE_LEVELS=0 keeps OpenMP from starting threads: unset it, or set it to 1");
    });
    const auto& here = machine();
    const auto around = look_around(world);
    int from_environment = is_set("OMP_NUM_THREADS") ? 1 : 0;
    const int own = capped(static_cast<int>(here.cores_of(here.cpus).size()));
    std::array<int, 2> threads{own, std::min(own, capped(capped(around.cores) / around.ranks))};
    if (from_environment != 0) threads.fill(omp_get_max_threads());
    for (auto& count : threads) count = std::min(count, omp_get_thread_limit());
    MPI_Bcast(threads.data(), 1, MPI_INT, 0, world.comm);
    MPI_Bcast(&from_environment, 1, MPI_INT, 0, world.comm);
    MPI_Allreduce(MPI_IN_PLACE, &threads[1], 1, MPI_INT, MPI_MIN, world.comm);
    return {threads[0], threads[1], from_environment != 0};
}

int cores_on_node(const Team& team) {
    return count_of_all(team, machine().cpus);
}

bool crowded(const Team& team) {
    const int cores = cores_on_node(team);
    return cores > 0 && cores < team.node_size;  // 0: nobody knows
}

std::vector<RankPlacement> gather_placement(const Team& world, const Threads& threads) {
    const auto& here = machine();
    RankPlacement mine;
    mine.rank = world.rank;
    mine.host = host_name();
    mine.pid = getpid();
    mine.cpus = here.cpus;
    mine.cores = here.cores_of(here.cpus);
    mine.host_cores = look_around(world).cores;
    mine.host_cpus = here.launch_cpus;
    mine.host_quota = here.quota;
    if (world.root()) mine.process_threads = cores_of_threads(cpus_of_threads(threads.process));
    mine.thread_cpus = cpus_of_threads(threads.hybrid);
    mine.hybrid_threads = cores_of_threads(mine.thread_cpus);
    std::vector<RankPlacement> all;
    for (const auto& text : gather_text(world, packed(mine))) all.push_back(unpacked(text));
    return all;
}

LaunchCommand launch_command(int argc, char** argv) {
    LaunchCommand command;
    command.launcher = machine().launcher;
    command.mpi = mpi_of(mpi_library());
    if (!machine().launcher_name.empty()) command.mpirun = machine().launcher_name;
    command.root = geteuid() == 0;
    command.threads_given = is_set("OMP_NUM_THREADS");
    command.threads_pinned = is_set("OMP_PROC_BIND") || is_set("OMP_PLACES") || is_set("GOMP_CPU_AFFINITY") ||
                             is_set("KMP_AFFINITY");
    command.program = command_line(argc, argv);
    return command;
}

std::vector<Place> places(const std::vector<RankPlacement>& ranks) {
    std::vector<Place> rows;
    for (const auto& rank : ranks) {
        auto threads = lists_text(rank.thread_cpus);
        if (!threads.empty()) threads.pop_back();
        rows.push_back({rank.rank, rank.host, rank.pid, range_list(rank.cpus),
                        static_cast<int>(rank.thread_cpus.size()), threads});
    }
    return rows;
}

}  // namespace pacer
