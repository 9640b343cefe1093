// What makes the calls of a variant, clocks them, and looks at what each of them has done. A variant says
// what one call is and no more: how often it is made, how long it takes and whether it is right is nothing
// that it could claim.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

// Clocked calls in an execution; one where ranks wait for cores.
inline std::int64_t rounds_of(const Problem& problem) {
    constexpr std::int64_t enough_bytes = 1 << 20, fewest = 8, most = 100;
    return problem.means->crowded ? 1 : std::clamp(enough_bytes / problem.bytes(), fewest, most);
}

// Calls of so many seconds between two looks at the clock: one, or as many as the clock can tell.
inline std::int64_t calls_a_look(double seconds) {
    constexpr double most = 1000;
    return static_cast<std::int64_t>(
        std::clamp(std::ceil(shortest_told_seconds() / std::max(seconds, 1e-9)), 1.0, most));
}

// Calls before them, which find cold caches and are not clocked.
inline std::int64_t cold_rounds_of(const Problem& problem) {
    return 1 + rounds_of(problem) / 20;
}

// Keeps this core busy: whoever does not wait is seen to leave before this one has come.
inline void be_late() {
    constexpr double late_seconds = 50e-6;
    const double end = now_seconds() + late_seconds;
    while (now_seconds() < end) continue;
}

// What a rank has to receive: nothing, its own message, or the sum of all ranks'.
enum class Arrives { nothing, own, sum };

// One of two ranks that exchange messages; the first one sends first.
struct Side {
    bool first;
    int partner, count;
    MPI_Comm comm;
};

class Harness {
  public:
    // Makes the calls `call(message to send, where to receive)`, so many between two looks at the clock, and
    // before them, outside the clock, the ranks meet: otherwise those that only send would run ahead, and the
    // others never have to wait. (The Intel MPI Benchmarks do the same.) After them, also outside the clock,
    // this rank looks at what it received: at the whole of it in the first round and the last. The first
    // rounds, in which caches are cold, are not clocked. The ranks do not tell each other what they saw: that
    // would bring them into step, and the next call would be faster for it.
    template <class Call>
    static Answer rounds(const Problem& problem, const Team& team, Arrives arrives,
                         std::int64_t& wrong_so_far, const Call& call, std::int64_t calls_a_round = 1) {
        const auto& buffers = problem.means->buffers;
        const std::int64_t rounds = rounds_of(problem), cold = cold_rounds_of(problem);
        CallTimes calls;
        calls.seconds.reserve(static_cast<std::size_t>(rounds));
        calls.calls.reserve(static_cast<std::size_t>(rounds));
        std::int64_t wrong = 0;
        for (std::int64_t round = -cold; round < rounds; ++round) {
            const Look look = round == -cold || round == rounds - 1 ? Look::whole : Look::glance;
            const double* const from = buffers.to_send(problem.elements, stamp(team.rank, round));
            const Message expected =
                arrives == Arrives::sum ? sum_of_messages(team, round) : message_of(team.rank, round);
            double* const to = buffers.to_receive(problem.elements, look);
            MPI_Barrier(team.comm);
            const double start = now_seconds();
            for (std::int64_t i = 0; i < calls_a_round; ++i) call(from, to);
            const double end = now_seconds();
            if (round >= 0) calls.add((end - start) / static_cast<double>(calls_a_round), calls_a_round);
            if (arrives != Arrives::nothing) wrong += buffers.count_wrong(problem.elements, expected, look);
        }
        buffers.restore(problem.elements);
        return of_rank(problem, arrives != Arrives::nothing, wrong, wrong_so_far, std::move(calls));
    }

    // exchange(side, message to send, where to receive) by two ranks, to and fro without a pause: half a
    // round trip. Each of the two changes, by what the other side of an exchange is not told, the ends of the
    // next message.
    template <class Exchange>
    static Answer pingpong(const Problem& problem, const Team& team, std::int64_t& wrong_so_far,
                           const Exchange& exchange) {
        const bool plays = team.root() || team.rank == problem.pair->partner;
        Player player(problem, team, exchange);
        std::int64_t each = 1;
        if (plays) {
            player.trip_looked_at();
            // As if each took half as long: two readings of the clock are longer than the smallest step.
            const auto cold = player.clocked_trips(cold_rounds_of(problem), 1).seconds;
            each = std::min(calls_a_look(*std::min_element(cold.begin(), cold.end())), rounds_of(problem));
        }
        MPI_Bcast(&each, 1, MPI_INT64_T, 0, team.comm);
        const auto looks = rounds_of(problem) / each;
        auto calls = plays ? player.clocked_trips(looks, each) : looks_alone(looks, each);
        if (plays) player.trip_looked_at();
        problem.means->buffers.restore(problem.elements);
        // Ranks that only watch must not take the players' cores.
        if (problem.means->crowded) sleeping_barrier(team);
        return of_rank(problem, plays, player.wrong(), wrong_so_far, std::move(calls));
    }

    // The ranks of a node share a clock, which shows whether any of them left wait() before the last had
    // come. Each of two ranks is late for it once, outside the clock: if nobody waited that would be seen.
    template <class Wait>
    static Answer barrier(const Problem& problem, const Team& team, const Wait& wait) {
        constexpr int late_ranks = 2;
        const int rounds = problem.means->crowded ? 1 : 100;
        CallTimes calls;
        std::int64_t early = 0;
        for (int round = -late_ranks; round < rounds; ++round) {
            MPI_Barrier(team.comm);
            if (team.node_rank == -1 - round) be_late();
            const double came = now_seconds();
            wait();
            const double left = now_seconds();
            if (round >= 0) calls.add(left - came);
            double last_came = came;
            MPI_Allreduce(&came, &last_came, 1, MPI_DOUBLE, MPI_MAX, team.node);
            early += left < last_came ? 1 : 0;
        }
        std::int64_t all_early = early;
        MPI_Allreduce(&early, &all_early, 1, MPI_INT64_T, MPI_SUM, team.comm);
        return {Number::of_whole(all_early), {1, Number::of_whole(early)}, std::move(calls)};
    }

    // No workers: pieces(first) is the sum of what as many pieces as there would be workers return, from that
    // index on, which is another one each time.
    template <class Sum>
    static Answer calls(const Problem& problem, const Sum& pieces) {
        constexpr std::int64_t rounds = 1000;  // one is shorter than a look at the clock
        std::int64_t sum = 0;
        const double start = now_seconds();
        for (std::int64_t round = 0; round < rounds; ++round) sum += pieces(round);
        const double end = now_seconds();
        sum -= problem.workers * (rounds * (rounds - 1) / 2);
        CallTimes calls;
        calls.add((end - start) / static_cast<double>(rounds), rounds);
        return of_workers(problem, sum, rounds, std::move(calls));
    }

    // start(pieces) has each piece done by a thread of its own, and comes back when they have ended.
    template <class Start>
    static Answer new_threads(const Problem& problem, const Start& start_and_join) {
        Pieces pieces(problem.workers);
        const double start = now_seconds();
        start_and_join(pieces);
        const double end = now_seconds();
        CallTimes calls;
        calls.add(end - start);
        return of_workers(problem, pieces.by_new_threads() ? pieces.sum() : 0, 1, std::move(calls));
    }

    // region(pieces) has the pieces done by threads that are kept, the caller among them.
    template <class Region>
    static Answer regions(const Problem& problem, const Region& region) {
        constexpr std::int64_t regions = 100;
        Pieces pieces(problem.workers);
        region(pieces);  // makes the threads, where the region before had another number of them
        const double before = now_seconds();
        region(pieces);
        const auto each = std::min(calls_a_look(now_seconds() - before), regions);
        pieces.forget();
        const auto looks = regions / each;
        CallTimes calls;
        double start = now_seconds();
        for (std::int64_t look = 0; look < looks; ++look) {
            for (std::int64_t i = 0; i < each; ++i) region(pieces);
            const double end = now_seconds();
            calls.add((end - start) / static_cast<double>(each), each);
            start = end;
        }
        const auto sum = pieces.by_different_threads() ? pieces.sum() : 0;
        return of_workers(problem, sum, looks * each, std::move(calls));
    }

    // wait() by every thread of a parallel region. Each clocks every call; the readings show that no thread
    // left it before the last had come. Before that each of two threads is late for it once.
    template <class Wait>
    static Answer waits(const Problem& problem, const Wait& wait) {
        constexpr std::size_t late_threads = 2, waits = late_threads + 100;
        std::vector<Diary> diaries(static_cast<std::size_t>(problem.workers));
#pragma omp parallel num_threads(static_cast <int>(problem.workers))
        {
            const auto index = static_cast<std::size_t>(omp_get_thread_num());
            auto& mine = diaries[index];
            mine.came.resize(waits);
            mine.left.resize(waits);
            mine.result = piece_of_work(static_cast<std::int64_t>(index));
#pragma omp barrier
            for (std::size_t i = 0; i < waits; ++i) {
                if (i == index && i < late_threads) be_late();
                mine.came[i] = now_seconds();
                wait();
                mine.left[i] = now_seconds();
                if (i < late_threads) {
#pragma omp barrier
                }
            }
        }
        return of_diaries(problem, diaries, late_threads);
    }

    // start(starter, workers) has processes started, which nothing but the starter can tell of.
    template <class Start>
    static Answer processes(const Problem& problem, const Start& start) {
        const auto started = start(*problem.means->starter, problem.workers);
        CallTimes calls;
        calls.add(started.seconds());
        auto answer = of_workers(problem, started.sum(), 1, std::move(calls));
        answer.hangs_ = started.hangs();
        return answer;
    }

  private:
    // What one thread did, and when it came to each wait() and left it.
    struct alignas(64) Diary {
        std::int64_t result = 0;
        std::vector<double> came, left;
    };

    // One of the two that play ping-pong.
    template <class Exchange>
    class Player {
      public:
        Player(const Problem& problem, const Team& team, const Exchange& exchange)
            : buffers_(problem.means->buffers),
              elements_(problem.elements),
              partner_(team.root() ? problem.pair->partner : 0),
              side_{team.root(), partner_, mpi_count(static_cast<std::size_t>(problem.elements)), team.comm},
              of_first_(stamp(0, 0)),
              of_second_(stamp(problem.pair->partner, 0)),
              exchange_(exchange) {}

        // Both players look at the whole of what they got.
        void trip_looked_at() {
            buffers_.to_receive(elements_);
            trips(1);
            wrong_ += buffers_.count_wrong(elements_, {factor_of_rank(partner_), heard_});
        }

        // So many looks at the clock, `each` trips apart. The first trips, outside the clock, find the
        // partner ready: it may still have been looking at what it got.
        CallTimes clocked_trips(std::int64_t looks, std::int64_t each) {
            constexpr std::int64_t unclocked = 4;
            trips(unclocked);
            CallTimes calls;
            calls.seconds.reserve(static_cast<std::size_t>(looks));
            calls.calls.reserve(static_cast<std::size_t>(looks));
            double before = now_seconds();
            for (std::int64_t look = 0; look < looks; ++look) {
                trips(each);
                const double now = now_seconds();
                calls.add((now - before) / (2.0 * static_cast<double>(each)), each);
                before = now;
            }
            return calls;
        }

        std::int64_t wrong() const { return wrong_; }

      private:
        // The ends of every message are looked at, which whoever uses it would read as well.
        void trips(std::int64_t times) {
            for (std::int64_t i = 0; i < times; ++i) {
                const double there = back_ + of_first_;
                back_ = there + of_second_;
                heard_ = side_.first ? back_ : there;
                const double* const from = buffers_.to_send(elements_, side_.first ? there : back_);
                double* const to = buffers_.to_receive(elements_, Look::ends);
                exchange_(side_, from, to);
                wrong_ += buffers_.count_wrong(elements_, {factor_of_rank(partner_), heard_}, Look::ends);
            }
        }

        const Buffers& buffers_;
        std::int64_t elements_;
        int partner_;
        Side side_;
        double of_first_, of_second_;  // what each adds to the ends of a message
        double back_ = 0, heard_ = 0;  // the ends of the latest message to the first player, and to this one
        const Exchange& exchange_;
        std::int64_t wrong_ = 0;
    };

    // What looking at the clock takes on a rank that does not play.
    static CallTimes looks_alone(std::int64_t looks, std::int64_t each);
    // What arrived, and how long the calls took: the part of a rank that had something to receive, or
    // nothing.
    static Answer of_rank(const Problem& problem, bool receives, std::int64_t wrong,
                          std::int64_t& wrong_so_far, CallTimes calls);
    // The workers' answer after so many rounds, whose results add up to `sum`.
    static Answer of_workers(const Problem& problem, std::int64_t sum, std::int64_t rounds, CallTimes calls);
    static Answer of_diaries(const Problem& problem, const std::vector<Diary>& diaries,
                             std::size_t unclocked);
};

}  // namespace pacer::overhead
