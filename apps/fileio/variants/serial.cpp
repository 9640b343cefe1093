// The plain loop: reads a block, calculates its records, collects the results, and so on to the end.
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"

namespace pacer::fileio {

Answer serial(const Problem& problem, const Team&) {
    Answer answer;
    Reader reader = open_input(problem);
    BlockSource blocks(reader, problem.settings, 1, 1);
    Processor processor(problem.job, 0);
    Bytes message;
    while (blocks.next(message)) {
        processor.process(read_handout(message), [&](Bytes bytes) {
            const Piece piece(bytes);
            answer.all.add(piece);
            blocks.learn(piece.header());
        });
        message.clear();
    }
    answer.all.lines_read = reader.lines();
    answer.own = part_of_tally(answer.all);
    return answer;
}

}  // namespace pacer::fileio
