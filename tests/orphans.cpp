// A parent whose workers never come to an end, to be killed: orphans forked|spawned|spawner N PROGRAM. Every
// rank of `forked`, else rank 0, starts N workers; each rank says who it is, and of which processes, and
// waits.
#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "apps/overhead/forked_workers.hpp"
#include "apps/overhead/spawned_workers.hpp"
#include "apps/overhead/spawner.hpp"

int main(int argc, char** argv) {
    using namespace pacer::overhead;
    if (argc != 4) return 2;
    const std::string_view how = argv[1];
    const std::int64_t workers = std::atoi(argv[2]);
    MPI_Init(&argc, &argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);

    std::string line = fmt::format("rank {} pid {} workers", rank, getpid());
    std::optional<ForkedWorkers> forked;
    std::optional<SpawnedWorkers> spawned;
    Spawner spawner(argv[3]);
    if (how == "forked") {
        forked.emplace(workers, [](std::int64_t index) {
            for (;;) pause();
            return index;
        });
        for (const pid_t pid : forked->pids()) line += fmt::format(" {}", pid);
    } else if (rank == 0 && how == "spawned") {
        spawned.emplace(argv[3], workers);  // they wait to be told to begin
    } else if (rank == 0) {
        spawner.spawn(workers);
        line += fmt::format(" {}", spawner.pid());
    }
    fmt::print("{}\n", line);
    std::fflush(stdout);
    for (;;) pause();
}
