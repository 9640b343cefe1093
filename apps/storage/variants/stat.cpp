// Asks for the sizes of files that the partner has just made, and adds them up.
#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"

namespace pacer::storage {

template <Layout layout>
Answer stat(const Problem& problem, const Team&) {
    return attempt([&]() -> Part {
        std::int64_t sum = 0;
        const auto files = add_up_sizes(entries_of(problem, layout, problem.partner.rank), sum);
        return {files, Number::of_whole(sum)};
    });
}

template Answer stat<Layout::alone>(const Problem&, const Team&);
template Answer stat<Layout::apart>(const Problem&, const Team&);
template Answer stat<Layout::together>(const Problem&, const Team&);

}  // namespace pacer::storage
