// Removes the files that this rank has made before.
#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"

namespace pacer::storage {

template <Layout layout>
Answer unlink(const Problem& problem, const Team& team) {
    return attempt([&]() -> Part { return {remove(entries_of(problem, layout, team.rank)), {}}; });
}

template Answer unlink<Layout::alone>(const Problem&, const Team&);
template Answer unlink<Layout::apart>(const Problem&, const Team&);
template Answer unlink<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
