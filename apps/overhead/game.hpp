// What makes the exchanges of the problem pairs, clocks them, and looks at every byte that arrives. A variant
// says what one exchange is and no more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "apps/overhead/pairs.hpp"
#include "common/base/clock.hpp"
#include "common/parallel/team.hpp"

namespace pacer::overhead::pairs {

// One of the two of a pair; the first one has the lower number.
struct Side {
    MPI_Comm comm;
    int partner;
    bool first;
};

class Game {
  public:
    // trip(side, number to send, where to receive one): to and fro, the first one sends first.
    template <class Trip>
    static Answer trips(const Problem& problem, const Team& team, std::int64_t& wrong_so_far,
                        const Trip& trip) {
        const auto play = [&](Answer& answer, const Side& side, std::int64_t number) {
            const auto mine = key_of(problem.players.number(), side.partner, number),
                       others = key_of(side.partner, problem.players.number(), number);
            const std::int64_t trips = unclocked_trips + problem.trips;
            std::int64_t wrong = 0;
            double start = 0;
            for (std::int64_t i = 0; i < trips; ++i) {
                if (i == unclocked_trips) start = now_seconds();
                const std::uint64_t to_send = element(mine, i);
                std::uint64_t received = 0;
                trip(side, to_send, received);
                wrong += received == element(others, i) ? 0 : 1;
            }
            const double seconds = (now_seconds() - start) / (2.0 * static_cast<double>(problem.trips));
            answer.wrong_ += wrong;
            answer.right_ += trips - wrong;
            return seconds;
        };
        return rounds(problem, team, wrong_so_far, 1, problem.trips, play);
    }

    // exchange(side, elements of a message, what to send, where to receive): a window of messages, which have
    // all arrived when it returns. In `directions` halves of a round: null is what is not sent, or received.
    // A rank's time is that in which it sends.
    template <class Exchange>
    static Answer windows(const Problem& problem, const Team& team, int directions,
                          std::int64_t& wrong_so_far, const Exchange& exchange) {
        const auto play = [&](Answer& answer, const Side& side, std::int64_t number) {
            const bool second_half = number % 2 == 1;
            const bool sends = directions == 1 || side.first != second_half,
                       receives = directions == 1 || !sends;
            const int me = problem.players.number();
            const auto count = problem.window_elements();
            if (sends) fill(problem.send.get(), count, key_of(me, side.partner, number));
            meet(side);
            const double start = now_seconds();
            exchange(side, problem.elements, sends ? problem.send.get() : nullptr,
                     receives ? problem.receive.get() : nullptr);
            const double seconds = now_seconds() - start;
            if (receives) look(answer, problem.receive.get(), count, key_of(side.partner, me, number));
            return sends ? seconds : 0;
        };
        return rounds(problem, team, wrong_so_far, directions, 1, play);
    }

    // call(what to send, where to receive), by all players together; fill_in(number) makes what is sent, and
    // look_at(answer, number) looks at what came.
    template <class Call, class Fill, class LookAt>
    static Answer together(const Problem& problem, const Team& team, std::int64_t& wrong_so_far,
                           const Fill& fill_in, const Call& call, const LookAt& look_at) {
        Answer answer;
        const auto first = problem.executions++ * calls_together;
        for (auto number = first; number < first + calls_together; ++number) {
            double seconds = idle_seconds;
            if (problem.players.number() >= 0) {
                fill_in(number);
                MPI_Barrier(problem.players.comm());
                const double start = now_seconds();
                call(problem.send.get(), problem.receive.get());
                seconds = now_seconds() - start;
                look_at(answer, number);
            }
            answer.calls_.add(seconds);
        }
        return ended(problem, team, wrong_so_far, std::move(answer));
    }

    static void look(Answer& answer, const std::uint64_t* values, std::int64_t count, std::uint64_t key) {
        note(answer, count, count_wrong(values, count, key));
    }
    static void note(Answer& answer, std::int64_t count, std::int64_t wrong) {
        answer.wrong_ += wrong;
        answer.right_ += count - wrong;
    }

    static constexpr std::int64_t calls_together = 4;   // in an execution
    static constexpr std::int64_t unclocked_trips = 4;  // of a pair, before those that count

  private:
    static constexpr double idle_seconds = 1e-9;  // of who pauses or looks on: no time at all, but positive

    // play(answer, side, number of the exchange) is called `halves` times a round by each of a pair; a rank's
    // longest time counts, as the mean of `calls` calls. All players begin each half together.
    template <class Play>
    static Answer rounds(const Problem& problem, const Team& team, std::int64_t& wrong_so_far, int halves,
                         std::int64_t calls, const Play& play) {
        Answer answer;
        const auto& tournament = problem.tournament;
        const int me = problem.players.number();
        auto number = problem.executions++ * tournament.rounds() * 2;
        for (int round = 0; round < tournament.rounds(); ++round, number += 2) {
            double seconds = idle_seconds;
            for (int half = 0; me >= 0 && half < halves; ++half) {
                MPI_Barrier(problem.players.comm());
                const int partner = tournament.partner(round, me);
                if (partner == me) continue;
                const Side side{problem.players.comm(), partner, me < partner};
                seconds = std::max(seconds, play(answer, side, number + half));
            }
            answer.calls_.add(seconds, calls);
        }
        return ended(problem, team, wrong_so_far, std::move(answer));
    }

    // Both are there: from a barrier some ranks come long before others.
    static void meet(const Side& side) {
        char mine = 0, others = 0;
        constexpr int tag = 2;
        MPI_Sendrecv(&mine, 1, MPI_CHAR, side.partner, tag, &others, 1, MPI_CHAR, side.partner, tag,
                     side.comm, MPI_STATUS_IGNORE);
    }

    static Answer ended(const Problem& problem, const Team& team, std::int64_t& wrong_so_far, Answer answer) {
        wrong_so_far += answer.wrong_;
        answer.wrong_so_far_ = wrong_so_far;
        // Ranks that only look on must not take the players' cores.
        if (problem.onlookers) sleeping_barrier(team);
        return answer;
    }
};

}  // namespace pacer::overhead::pairs
