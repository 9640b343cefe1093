#include "common/parallel/tournament.hpp"

#include <algorithm>
#include <bit>

namespace pacer {

namespace {

int rounds_of(int players, int complete) {
    if (players < 2) return 0;
    return players <= Tournament::most_complete ? complete
                                                : std::bit_width(static_cast<unsigned>(players - 1)) + 1;
}

}  // namespace

// One player stands still, if they are even; the others are on a circle of an odd number of places.
Tournament::Tournament(int players)
    : players_(players), circle_((players - 1) | 1), rounds_(rounds_of(players, circle_)) {}

// The first two join all players, by way of others, whatever the number of places: the others are spread out.
int Tournament::circle_round(int round) const {
    return is_complete() || round < 2 ? round : static_cast<int>(std::int64_t{round} * circle_ / rounds_);
}

// In round r those meet whose numbers add up to r, modulo the places. Whoever would meet itself meets the one
// that stands still, or nobody.
int Tournament::partner(int round, int player) const {
    const int sum = circle_round(round) % circle_;
    if (player == circle_) return static_cast<int>(std::int64_t{sum} * (circle_ + 1) / 2 % circle_);
    const int other = (sum - player + circle_) % circle_, partner = other == player ? circle_ : other;
    return partner < players_ ? partner : player;
}

std::int64_t Tournament::pairs() const {
    std::int64_t pairs = 0;
    for (int round = 0; round < rounds_; ++round) {
        for (int player = 0; player < players_; ++player) pairs += player < partner(round, player) ? 1 : 0;
    }
    return pairs;
}

}  // namespace pacer
