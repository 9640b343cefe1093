// 8 bytes to and fro between the two of every pair: half a round trip.
#include "apps/overhead/game.hpp"

namespace pacer::overhead::pairs {

Answer latency(const Problem& problem, const Team& team) {
    constexpr int tag = 1;
    return Game::trips(problem, team, problem.wrong.latency,
                       [](const Side& side, const std::uint64_t& to_send, std::uint64_t& received) {
                           if (side.first) MPI_Send(&to_send, 1, MPI_UINT64_T, side.partner, tag, side.comm);
                           MPI_Recv(&received, 1, MPI_UINT64_T, side.partner, tag, side.comm,
                                    MPI_STATUS_IGNORE);
                           if (!side.first) MPI_Send(&to_send, 1, MPI_UINT64_T, side.partner, tag, side.comm);
                       });
}

}  // namespace pacer::overhead::pairs
