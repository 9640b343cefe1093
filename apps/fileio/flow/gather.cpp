#include "apps/fileio/flow/gather.hpp"

#include <algorithm>
#include <utility>

#include "common/parallel/patience.hpp"

namespace pacer::fileio {

namespace {

enum Tag : int { one_piece, no_more };

constexpr std::size_t most_on_their_way = 64;  // of a rank
constexpr int most_received_at_once = 16;

}  // namespace

Gathering::Gathering(const Team& team, std::size_t parts, PartOf part_of)
    : team_(team),
      part_of_(std::move(part_of)),
      own_(parts),
      others_(parts),
      sender_(team),
      receiver_(team, most_received_at_once),
      ended_(static_cast<std::size_t>(team.size)) {}

void Gathering::add(Bytes bytes) {
    const Piece piece(bytes);
    own_.add(piece, part_of_(team_.rank, piece.place()));
    if (team_.root()) {
        take_in();
    } else {
        sender_.send(std::move(bytes), 0, one_piece);
        sender_.drain(most_on_their_way);
    }
}

// What has come; false if nothing has.
bool Gathering::take_in() {
    bool any = false;
    while (auto came = receiver_.take()) {
        if (came->tag == no_more) {
            ++ended_[static_cast<std::size_t>(came->rank)];
        } else {
            const Piece piece(came->bytes);
            others_.add(piece, part_of_(came->rank, piece.place()));
        }
        receiver_.reuse(std::move(came->bytes));
        any = true;
    }
    return any;
}

void Gathering::wait() {
    if (!team_.root()) {
        sender_.send({}, 0, no_more);
        return sender_.drain(0);
    }
    ++waits_;
    for (Patience patience(team_.crowded); !all_ended();) {
        take_in() ? patience.reset() : patience.wait();
    }
}

// This often, since a rank may be a round ahead of others.
bool Gathering::all_ended() const {
    return std::all_of(ended_.begin() + 1, ended_.end(), [&](int times) { return times >= waits_; });
}

Answer Gathering::end(const std::vector<std::int64_t>& lines,
                      const std::vector<std::int64_t>& thought_before) {
    wait();
    auto before = lines_before(team_, lines);
    const auto all_lines = before.back();
    for (std::size_t part = 0; part < lines.size(); ++part) before[part] -= thought_before[part];
    const auto own = own_.moved_back(before);
    Answer answer;
    answer.all = others_.moved_back(before);
    answer.all.add(own);
    answer.all.lines_read = all_lines;
    answer.own = part_of_tally(own);
    return answer;
}

std::vector<std::int64_t> lines_before(const Team& team, std::vector<std::int64_t> lines) {
    MPI_Allreduce(MPI_IN_PLACE, lines.data(), mpi_count(lines.size()), MPI_INT64_T, MPI_SUM, team.comm);
    std::vector<std::int64_t> before = {0};
    for (const auto of_part : lines) before.push_back(before.back() + of_part);
    return before;
}

}  // namespace pacer::fileio
