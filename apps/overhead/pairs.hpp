// The problem pairs: every node exchanges messages with every other one, in the rounds of a tournament. In
// each round all pairs are at it at the same time, which is what a real job does to a network.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "apps/overhead/overhead.hpp"
#include "common/machine/memory.hpp"
#include "common/parallel/random.hpp"
#include "common/parallel/tournament.hpp"

namespace pacer::overhead::pairs {

enum class Between { nodes, ranks };  // who plays: the first rank of each node, or every rank

// Messages under way at a time in one direction, and the shortest ones, of 8-byte elements: what takes less
// time the clock cannot tell.
inline constexpr std::int64_t window = 8, fewest_elements = 1024;

// Element i of what one player sends another: no other element of this or any other message is like it, but
// by chance. `number` is that of the exchange.
constexpr std::uint64_t key_of(int sender, int receiver, std::int64_t number) {
    const auto both = static_cast<std::uint64_t>(sender) << 32 | static_cast<std::uint32_t>(receiver);
    return mixed(mixed(both) + static_cast<std::uint64_t>(number));
}
constexpr std::uint64_t element(std::uint64_t key, std::int64_t i) {
    return mixed(key + static_cast<std::uint64_t>(i));
}

void fill(std::uint64_t* values, std::int64_t count, std::uint64_t key);
// How many are not what was filled in.
std::int64_t count_wrong(const std::uint64_t* values, std::int64_t count, std::uint64_t key);

// Those who play, by their numbers; null on the others. Collective over the team, and to be gone before MPI.
class Players {
  public:
    Players() = default;
    Players(const Team& world, Between between);
    ~Players();
    Players(Players&& other) noexcept { *this = std::move(other); }
    Players& operator=(Players&& other) noexcept;

    MPI_Comm comm() const { return comm_; }
    int number() const { return number_; }  // of this rank; -1: it looks on
    int count() const { return count_; }    // the same on every rank

  private:
    MPI_Comm comm_ = MPI_COMM_NULL;
    int number_ = -1, count_ = 0;
};

// Elements that arrived wrong at this rank, in all executions so far.
struct Wrong {
    std::int64_t latency = 0, one_way = 0, both_ways = 0, alltoall = 0, allreduce = 0;
};

// Built outside the clock. The variants change nothing but the buffers and the counts.
struct Problem {
    Between between = Between::nodes;
    ThreadLevel thread_level = ThreadLevel::serialized;
    Players players = {};
    Tournament tournament{0};
    std::int64_t elements = 0;  // in a message of a window
    std::int64_t trips = 0;     // of 8 bytes, as many as the clock can tell; the same on every rank
    bool onlookers = false;     // some ranks do not play
    Buffer<std::uint64_t> send = {}, receive = {};  // [window x elements], or [players] if these are more
    mutable std::int64_t executions = 0;
    mutable Wrong wrong = {};

    std::int64_t window_elements() const { return window * elements; }
    // What each player sends each, itself too, in an MPI_Alltoall of about one message.
    std::int64_t block() const { return std::max<std::int64_t>(1, elements / players.count()); }
};

// Made by Game alone, which makes the calls, clocks them and looks at every byte that arrives.
class Answer {
  public:
    Answer(Answer&&) noexcept = default;
    Answer& operator=(Answer&&) noexcept = default;

    std::int64_t right() const { return right_; }                // elements that arrived here
    std::int64_t wrong() const { return wrong_; }                // and such that did not
    std::int64_t wrong_so_far() const { return wrong_so_far_; }  // in all executions
    // A sample a round of the tournament, with the seconds of this rank's exchange in it.
    const CallTimes& calls() const { return calls_; }

  private:
    friend class Game;
    Answer() = default;

    std::int64_t right_ = 0, wrong_ = 0, wrong_so_far_ = 0;
    CallTimes calls_;
};

// Throws UsageError: nobody to play with, messages too short or too large. Collective.
Problem make_problem(const Team& world, const Settings& settings, Between between);

// How many elements arrived wrong at rank 0; those elsewhere are in the parts of their ranks.
Judgement judge(const Problem& problem, Answer& answer, const Team& team);
Facts parameters(const Problem& problem);
void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record);

// The variants, a file each; game.hpp makes the calls.
Answer latency(const Problem& problem, const Team& team);
Answer one_way(const Problem& problem, const Team& team);
Answer both_ways(const Problem& problem, const Team& team);
Answer alltoall(const Problem& problem, const Team& team);
Answer allreduce(const Problem& problem, const Team& team);

inline const Group<Problem, Answer> group = {
    "pairs",
    "",
    {{"latency", "8 bytes to and fro in each pair: half a round trip", latency, Uses::ranks},
     {"one_way", "8 messages under way from one of a pair to the other, then back", one_way, Uses::ranks},
     {"both_ways", "8 messages under way in either direction of a pair at the same time", both_ways,
      Uses::ranks},
     {"alltoall", "MPI_Alltoall among all who play", alltoall, Uses::ranks},
     {"allreduce", "MPI_Allreduce among all who play", allreduce, Uses::ranks}}};

}  // namespace pacer::overhead::pairs
