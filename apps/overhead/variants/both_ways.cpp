// A window of messages in either direction of a pair, at the same time.
#include <array>

#include "apps/overhead/game.hpp"

namespace pacer::overhead::pairs {

Answer both_ways(const Problem& problem, const Team& team) {
    return Game::windows(
        problem, team, 1, problem.wrong.both_ways,
        [](const Side& side, std::int64_t elements, const std::uint64_t* from, std::uint64_t* to) {
            constexpr int tag = 1;
            const int count = mpi_count(static_cast<std::size_t>(elements));
            std::array<MPI_Request, 2 * window> requests;
            for (std::int64_t i = 0; i < window; ++i) {
                auto* const pair = &requests[static_cast<std::size_t>(2 * i)];
                MPI_Irecv(to + i * elements, count, MPI_UINT64_T, side.partner, tag, side.comm, pair);
                MPI_Isend(from + i * elements, count, MPI_UINT64_T, side.partner, tag, side.comm, pair + 1);
            }
            MPI_Waitall(2 * window, requests.data(), MPI_STATUSES_IGNORE);
        });
}

}  // namespace pacer::overhead::pairs
