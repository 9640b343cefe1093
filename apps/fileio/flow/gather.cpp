#include "apps/fileio/fileio.hpp"

namespace pacer::fileio {

namespace {

enum Tag : int { one_piece, no_more };

}  // namespace

void gather_pieces(const Team& team, const std::vector<Bytes>& pieces, Tally& all) {
    if (!team.root()) {
        for (const auto& piece : pieces) {
            MPI_Send(piece.data(), mpi_count(piece.size()), MPI_BYTE, 0, one_piece, team.comm);
        }
        MPI_Send(nullptr, 0, MPI_BYTE, 0, no_more, team.comm);
        return;
    }
    for (const auto& piece : pieces) all.add(Piece(piece));
    Bytes piece;
    for (int rank = 1; rank < team.size; ++rank) {
        for (;;) {
            MPI_Status status;
            int bytes = 0;
            MPI_Probe(rank, MPI_ANY_TAG, team.comm, &status);
            MPI_Get_count(&status, MPI_BYTE, &bytes);
            piece.resize(static_cast<std::size_t>(bytes));
            MPI_Recv(piece.data(), bytes, MPI_BYTE, rank, status.MPI_TAG, team.comm, MPI_STATUS_IGNORE);
            if (status.MPI_TAG == no_more) break;
            all.add(Piece(piece));
        }
    }
}

}  // namespace pacer::fileio
