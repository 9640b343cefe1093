// Threads take turns to read a block each, and calculate side by side: calculate_here() in flow/flow.cpp.
//
//     for (;;) {
//         lock; if (!blocks.next(message)) break; unlock;
//         processor.process(message, collect);  // collects under another lock
//     }
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"

namespace pacer::fileio {

Answer openmp(const Problem& problem, const Team& team) {
    Answer answer;
    Reader reader = open_input(problem);
    BlockSource blocks(reader, problem.settings, team.threads, 1);  // each thread has a block of its own
    const auto collect = [&](std::span<const char> piece) { answer.all.add(Piece(piece)); };
    calculate_here(blocks, problem.job, team.threads, collect, Signals::ignored);
    answer.all.lines_read = reader.lines();
    answer.own = part_of_tally(answer.all);
    return answer;
}

}  // namespace pacer::fileio
