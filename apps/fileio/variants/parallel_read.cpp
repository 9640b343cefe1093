// Every rank opens the files and reads its own range of bytes. Whose records come where in the input is known
// only after all have counted their lines.
#include <algorithm>
#include <utility>
#include <vector>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/gather.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t block_bytes = std::int64_t{1}
                                     << 18;  // stays in a core's cache from reading to the results

// Lets `use` have all blocks of this rank's range of the whole input, whose lines are counted from the
// range's start.
void for_each_block(const Problem& problem, const Team& team,
                    const std::function<void(const Handout&)>& use) {
    std::int64_t whole = 0, before = 0, lines = 0;
    for (const auto& file : problem.files) whole += file.bytes;
    const auto mine = part_of({0, whole}, team.size, team.rank);
    Bytes text;
    for (std::size_t i = 0; i < problem.files.size(); ++i) {
        const auto& file = problem.files[i];
        const Range part{std::max(mine.begin - before, std::int64_t{0}),
                         std::min(mine.end - before, file.bytes)};
        before += file.bytes;
        if (part.size() <= 0) continue;
        RangeReader reader(file, static_cast<std::int64_t>(i), part.begin, part.end,
                           read_settings(problem.settings));
        for (;;) {
            text.clear();
            auto place = reader.next(text, block_bytes);
            if (!place) break;
            place->first_index = lines;
            lines += place->lines;
            use({*place, file.path, text});
        }
    }
}

}  // namespace

Answer parallel_read(const Problem& problem, const Team& team) {
    const auto mine = static_cast<std::size_t>(team.rank);
    const std::vector<std::int64_t> none(static_cast<std::size_t>(team.size), 0);
    auto lines = none, known = none;  // of each rank's range, and before it
    // Only uneven work depends on which line of the input a record is on: to know that costs a first pass.
    if (problem.settings.workload != Workload::even) {
        for_each_block(problem, team, [&](const Handout& block) { lines[mine] += block.place.lines; });
        known = lines_before(team, std::exchange(lines, none));
    }
    Gathering gathering(team, none.size(),
                        [](int rank, const BlockPlace&) { return static_cast<std::size_t>(rank); });
    Processor processor(problem.job, 0);
    for_each_block(problem, team, [&](Handout block) {
        lines[mine] += block.place.lines;
        block.place.first_index += known[mine];
        processor.process(block, [&](Bytes piece) { gathering.add(std::move(piece)); });
    });
    return gathering.end(lines, known);
}

}  // namespace pacer::fileio
