// Every rank opens the files and reads its own range of bytes. Whose records come where in the input is known
// only after all have counted their lines.
#include <algorithm>
#include <utility>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t block_bytes = std::int64_t{1} << 20;

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

std::int64_t lines_before(const Team& team, std::int64_t mine) {
    std::int64_t before = 0;
    MPI_Exscan(&mine, &before, 1, MPI_INT64_T, MPI_SUM, team.comm);
    return team.root() ? 0 : before;
}

// Only uneven work depends on which line of the input a record is on: to know that costs a first pass.
std::int64_t count_lines_before(const Problem& problem, const Team& team) {
    if (problem.settings.workload == Workload::even) return 0;
    std::int64_t mine = 0;
    for_each_block(problem, team, [&](const Handout& block) { mine += block.place.lines; });
    return lines_before(team, mine);
}

}  // namespace

Answer parallel_read(const Problem& problem, const Team& team) {
    const auto known_before = count_lines_before(problem, team);
    Processor processor(problem.job, 0);
    std::vector<Bytes> pieces;
    std::int64_t lines = 0;
    for_each_block(problem, team, [&](Handout block) {
        block.place.first_index += known_before;
        lines += block.place.lines;
        processor.process(block, [&](Bytes piece) { pieces.push_back(std::move(piece)); });
    });

    // Now every rank knows where in the input its lines are.
    const auto shift = lines_before(team, lines) - known_before;
    Tally own;
    for (auto& piece : pieces) {
        reinterpret_cast<PieceHeader*>(piece.data())->place.first_index += shift;
        own.add(Piece(piece));
    }
    Answer answer;
    gather_pieces(team, pieces, answer.all);
    MPI_Reduce(&lines, &answer.all.lines_read, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
    answer.own = part_of_tally(own);
    return answer;
}

}  // namespace pacer::fileio
