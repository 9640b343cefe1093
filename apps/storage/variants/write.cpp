// Until write() has taken all bytes and close() has returned. They may lie in the node's memory still, from
// where they go to storage later, or never if the node fails.
#include <fcntl.h>

#include "apps/storage/data.hpp"

namespace pacer::storage {

template <Layout layout>
Answer write(const Problem& problem, const Team& team) {
    return attempt([&]() -> Part {
        const auto piece = piece_of(problem, layout, team.rank);
        DataFile file(piece.path, O_WRONLY | O_CREAT);
        const auto bytes = write_piece(problem, piece, salt_of(problem, layout), file);
        file.close();
        return {bytes, {}};
    });
}

template Answer write<Layout::alone>(const Problem&, const Team&);
template Answer write<Layout::apart>(const Problem&, const Team&);
template Answer write<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
