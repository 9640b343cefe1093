// A window of messages from one of a pair to the other, who says when all have come; then the other way.
#include <array>

#include "apps/overhead/game.hpp"

namespace pacer::overhead::pairs {

Answer one_way(const Problem& problem, const Team& team) {
    return Game::windows(
        problem, team, 2, problem.wrong.one_way,
        [](const Side& side, std::int64_t elements, const std::uint64_t* from, std::uint64_t* to) {
            constexpr int tag = 1;
            const int count = mpi_count(static_cast<std::size_t>(elements));
            std::array<MPI_Request, window> requests;
            for (std::size_t i = 0; i < requests.size(); ++i) {
                const auto at = static_cast<std::int64_t>(i) * elements;
                if (from != nullptr)
                    MPI_Isend(from + at, count, MPI_UINT64_T, side.partner, tag, side.comm, &requests[i]);
                else
                    MPI_Irecv(to + at, count, MPI_UINT64_T, side.partner, tag, side.comm, &requests[i]);
            }
            MPI_Waitall(window, requests.data(), MPI_STATUSES_IGNORE);
            char all_came = 0;
            if (from != nullptr)
                MPI_Recv(&all_came, 1, MPI_CHAR, side.partner, tag, side.comm, MPI_STATUS_IGNORE);
            else
                MPI_Send(&all_came, 1, MPI_CHAR, side.partner, tag, side.comm);
        });
}

}  // namespace pacer::overhead::pairs
