// Until fsync() has returned: the bytes are on storage.
#include <fcntl.h>

#include "apps/storage/data.hpp"

namespace pacer::storage {

template <Layout layout>
Answer fsync(const Problem& problem, const Team& team) {
    return attempt([&]() -> Part {
        const auto piece = piece_of(problem, layout, team.rank);
        DataFile file(piece.path, O_WRONLY | O_CREAT);
        const auto bytes = write_piece(problem, piece, salt_of(problem, layout), file);
        file.sync();
        file.close();
        return {bytes, {}};
    });
}

template Answer fsync<Layout::alone>(const Problem&, const Team&);
template Answer fsync<Layout::apart>(const Problem&, const Team&);
template Answer fsync<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
