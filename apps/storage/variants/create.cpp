// Makes empty files: each is opened, which must not find it there, and closed.
#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"

namespace pacer::storage {

template <Layout layout>
Answer create(const Problem& problem, const Team& team) {
    return attempt([&]() -> Part { return {make_empty(entries_of(problem, layout, team.rank)), {}}; });
}

template Answer create<Layout::alone>(const Problem&, const Team&);
template Answer create<Layout::apart>(const Problem&, const Team&);
template Answer create<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
