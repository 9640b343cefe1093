// A parent whose workers never come to an end, to be killed: orphans forked|spawned|spawner N PROGRAM. Every
// rank of `forked`, else rank 0, starts N workers; each rank says who it is, and of which processes, and
// waits. As PROGRAM this one has workers that wait, too.
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
    const std::string_view how = argc > 1 ? argv[1] : "";
    if (how == spawner_role) return be_spawner(argc, argv);
    if (how == spawned_worker_role) {
        MPI_Init(&argc, &argv);
        for (;;) pause();
    }
    if (argc != 4) return 2;
    const std::int64_t workers = std::atoi(argv[2]);
    MPI_Init(&argc, &argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);

    std::string line = fmt::format("rank {} pid {} workers", rank, getpid());
    std::optional<ForkedWorkers> forked;
    std::optional<SpawnedWorkers> spawned;
    if (how == "forked") {
        forked.emplace(workers, [](std::int64_t index) {
            for (;;) pause();
            return index;
        });
        for (const pid_t pid : forked->pids()) line += fmt::format(" {}", pid);
    } else if (rank == 0 && how == "spawned") {
        spawned.emplace(argv[3], workers);  // they wait to be told to begin
    }
    fmt::print("{}\n", line);
    std::fflush(stdout);
    constexpr double patience_seconds = 1e5;
    if (how == "spawner") Spawner(argv[3], patience_seconds).spawn(workers);
    for (;;) pause();
}
