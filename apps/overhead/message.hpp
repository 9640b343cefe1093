// What messages hold, and whether it arrived.
#pragma once

#include <cstdint>

#include "common/machine/memory.hpp"
#include "common/parallel/random.hpp"
#include "common/parallel/team.hpp"

namespace pacer::overhead {

// How closely a received message is looked at: at all of it; at a glance, which leaves most of a large
// message, and of the caches, as it is; or at its first and last element alone.
enum class Look { whole, glance, ends };

// A message: its elements but for the first and the last are those of the pattern, times a factor.
struct Message {
    double factor;
    double ends;  // the first and the last
};

// Two messages: one to send, one to receive. Element i of what rank r sends is ((i mod 1021) + 1) * (r + 1):
// a shift by any amount, a lost or doubled rank and a lost piece all show, and sums over ranks are exact in
// double. The ends are others in each round: an earlier message in the place of this one shows as well.
class Buffers {
  public:
    Buffers() = default;
    Buffers(const Team& world, std::int64_t elements);

    // The first `elements` of the one to send, with such ends.
    const double* to_send(std::int64_t elements, double ends) const {
        double* const values = send_.get();
        if (elements > 0) values[0] = values[elements - 1] = ends;
        return values;
    }
    // Ends as the pattern has them, for messages of other lengths.
    void restore(std::int64_t elements) const;
    // Where to receive `elements`, every one of them, or every so many, overwritten with what no message
    // holds.
    double* to_receive(std::int64_t elements, Look look = Look::whole) const;
    // How many of the same elements are not those of that message.
    std::int64_t count_wrong(std::int64_t elements, const Message& expected, Look look = Look::whole) const;

  private:
    double factor_ = 1;  // of what this rank sends
    Buffer<double> send_, receive_;
};

// The factor of what rank `rank` sends, and of the sum over `ranks` ranks.
constexpr double factor_of_rank(int rank) {
    return rank + 1.0;
}
constexpr double factor_of_sum(int ranks) {
    return 0.5 * ranks * (ranks + 1.0);
}

// The ends of what a rank sends in a round: whole numbers, whose sums are exact, and which no other rank can
// make of its own.
constexpr double stamp(int rank, std::int64_t round) {
    const auto number = static_cast<std::uint64_t>(round) << 32 | static_cast<std::uint32_t>(rank);
    return 1 + static_cast<double>(mixed(number) >> 44);
}

inline Message message_of(int rank, std::int64_t round) {
    return {factor_of_rank(rank), stamp(rank, round)};
}
inline Message sum_of_messages(const Team& team, std::int64_t round) {
    Message sum{factor_of_sum(team.size), 0};
    for (int rank = 0; rank < team.size; ++rank) sum.ends += stamp(rank, round);
    return sum;
}

}  // namespace pacer::overhead
