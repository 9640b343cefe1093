// Every player sends every player another block: the load that a network finds hardest.
#include "apps/overhead/game.hpp"

namespace pacer::overhead::pairs {

Answer alltoall(const Problem& problem, const Team& team) {
    const int me = problem.players.number(), players = problem.players.count();
    const auto block = problem.block();
    const int count = mpi_count(static_cast<std::size_t>(block));
    return Game::together(
        problem, team, problem.wrong.alltoall,
        [&](std::int64_t number) {
            for (int to = 0; to < players; ++to)
                fill(problem.send.get() + to * block, block, key_of(me, to, number));
        },
        [&](const std::uint64_t* from, std::uint64_t* to) {
            MPI_Alltoall(from, count, MPI_UINT64_T, to, count, MPI_UINT64_T, problem.players.comm());
        },
        [&](Answer& answer, std::int64_t number) {
            for (int from = 0; from < players; ++from)
                Game::look(answer, problem.receive.get() + from * block, block, key_of(from, me, number));
        });
}

}  // namespace pacer::overhead::pairs
