// Reads what the partner has written, block by block, and adds up each block while it is in a cache.
#include <fcntl.h>

#include "apps/storage/data.hpp"

namespace pacer::storage {

template <Layout layout>
Answer read(const Problem& problem, const Team&) {
    return attempt([&] {
        const auto piece = piece_of(problem, layout, problem.partner.rank);
        DataFile file(piece.path, O_RDONLY);
        return read_piece(problem, piece, file);
    });
}

template Answer read<Layout::alone>(const Problem&, const Team&);
template Answer read<Layout::apart>(const Problem&, const Team&);
template Answer read<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
