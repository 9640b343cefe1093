// Messages between rank 0 and one partner, to and fro without a pause: half a round trip.
#include <algorithm>
#include <utility>

#include "apps/overhead/rounds.hpp"

namespace pacer::overhead {

namespace {

constexpr int tag = 1;

// One of the two players.
class Player {
  public:
    Player(const Problem& problem, const Team& team)
        : team_(team),
          buffers_(problem.means->buffers),
          elements_(problem.elements),
          partner_(team.root() ? problem.pair->partner : 0),
          count_(mpi_count(static_cast<std::size_t>(problem.elements))) {}

    // Both players look at the whole of what they got.
    void trip_looked_at() {
        buffers_.to_receive(elements_);
        trips(1);
        wrong_ += buffers_.count_wrong(elements_, factor_of_rank(partner_));
    }

    // So many looks at the clock, `each` trips apart. The first trips, outside the clock, find the partner
    // ready: it may still have been looking at what it got.
    CallTimes clocked_trips(std::int64_t looks, std::int64_t each) {
        constexpr std::int64_t unclocked = 4;
        trips(unclocked);
        CallTimes calls{{}, each};
        calls.seconds.reserve(static_cast<std::size_t>(looks));
        double before = now_seconds();
        for (std::int64_t look = 0; look < looks; ++look) {
            trips(each);
            const double now = now_seconds();
            calls.seconds.push_back((now - before) / (2.0 * static_cast<double>(each)));
            before = now;
        }
        return calls;
    }

    std::int64_t wrong() const { return wrong_; }

  private:
    // Rank 0 sends first, the other one when it has received. The ends of every message are looked at, which
    // whoever uses it would read as well.
    void trips(std::int64_t times) {
        const double* const from = buffers_.to_send();
        for (std::int64_t i = 0; i < times; ++i) {
            if (team_.root()) MPI_Send(from, count_, MPI_DOUBLE, partner_, tag, team_.comm);
            double* const to = buffers_.to_receive(elements_, Look::ends);
            MPI_Recv(to, count_, MPI_DOUBLE, partner_, tag, team_.comm, MPI_STATUS_IGNORE);
            if (!team_.root()) MPI_Send(from, count_, MPI_DOUBLE, partner_, tag, team_.comm);
            wrong_ += buffers_.count_wrong(elements_, factor_of_rank(partner_), Look::ends);
        }
    }

    const Team& team_;
    const Buffers& buffers_;
    std::int64_t elements_;
    int partner_, count_;
    std::int64_t wrong_ = 0;
};

// What looking at the clock takes on a rank that does not play.
CallTimes looks_alone(std::int64_t looks, std::int64_t each) {
    CallTimes calls{{}, each};
    for (std::int64_t look = 0; look < looks; ++look) {
        const double start = now_seconds();
        calls.seconds.push_back(std::max(now_seconds() - start, 1e-9));
    }
    return calls;
}

}  // namespace

Answer pingpong(const Problem& problem, const Team& team) {
    const bool plays = team.root() || team.rank == problem.pair->partner;
    Player player(problem, team);
    std::int64_t each = 1;
    if (plays) {
        player.trip_looked_at();
        const auto cold = player.clocked_trips(cold_rounds_of(problem), 1).seconds;
        each = std::min(calls_a_look(2 * cold.back()), rounds_of(problem));
    }
    MPI_Bcast(&each, 1, MPI_INT64_T, 0, team.comm);
    const auto looks = rounds_of(problem) / each;
    auto calls = plays ? player.clocked_trips(looks, each) : looks_alone(looks, each);
    if (plays) player.trip_looked_at();
    // Ranks that only watch must not take the players' cores.
    if (problem.means->crowded) sleeping_barrier(team);
    return answer_of_rank(problem, plays, player.wrong(), problem.wrong.pingpong, std::move(calls));
}

}  // namespace pacer::overhead
