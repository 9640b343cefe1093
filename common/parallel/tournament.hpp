// A tournament: who meets whom in which round, so that all meet each other and most are busy all the time.
#pragma once

#include <cstdint>

namespace pacer {

// By the circle method, each with each other once: n - 1 rounds of n players, n of an odd number of them, one
// of whom pauses in each. Of more than `most_complete` players only ceil(log2 n) + 1 of these rounds are
// played: no pair meets twice, and everybody meets others in each round. Follows from the number of players
// alone, so whoever reads the times of the rounds knows whose they are.
class Tournament {
  public:
    static constexpr int most_complete = 32;

    explicit Tournament(int players);

    int players() const { return players_; }
    int rounds() const { return rounds_; }
    bool is_complete() const { return players_ <= most_complete; }
    std::int64_t pairs() const;  // that meet

    // Whom a player meets in a round, both counted from 0; itself if it pauses.
    int partner(int round, int player) const;

  private:
    int circle_round(int round) const;

    int players_, circle_, rounds_;
};

}  // namespace pacer
