// Rank 0 reads blocks and hands them out on demand, two to each worker; the others calculate and send back
// pieces of results. The loops are hand_out() and serve() in common/parallel/farm.cpp.
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"

namespace pacer::fileio {

Answer master_worker(const Problem& problem, const Team& team) {
    if (team.size == 1) return openmp(problem, team);  // nobody to hand out to
    Answer answer;
    if (!team.root()) {
        Tally own;
        serve_blocks(team, problem.job, [&](std::span<const char> piece) { own.add(Piece(piece)); });
        answer.own = part_of_tally(own);
        return answer;
    }
    Reader reader = open_input(problem);
    BlockSource blocks(reader, problem.settings, team.size - 1, team.threads);
    const auto collect = [&](std::span<const char> piece) { answer.all.add(Piece(piece)); };
    hand_out_blocks(team, blocks, collect, Signals::ignored);
    answer.all.lines_read = reader.lines();
    return answer;
}

}  // namespace pacer::fileio
