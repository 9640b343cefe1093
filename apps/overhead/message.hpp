// What messages hold, and whether it arrived.
#pragma once

#include <cstdint>

#include "common/machine/memory.hpp"
#include "common/parallel/team.hpp"

namespace pacer::overhead {

// How closely a received message is looked at: at all of it; at a glance, which leaves most of a large
// message, and of the caches, as it is; or at its first and last element alone.
enum class Look { whole, glance, ends };

// Two messages: one to send, one to receive. Element i of what rank r sends is ((i mod 1021) + 1) * (r + 1):
// a shift by any amount, a lost or doubled rank and a lost piece all show, and sums over ranks are exact in
// double.
class Buffers {
  public:
    Buffers() = default;
    Buffers(const Team& world, std::int64_t elements);

    const double* to_send() const { return send_.get(); }
    // Where to receive `elements`, every one of them, or every so many, overwritten with what no message
    // holds.
    double* to_receive(std::int64_t elements, Look look = Look::whole) const;
    // How many of the same elements are not those of a message of that factor.
    std::int64_t count_wrong(std::int64_t elements, double factor, Look look = Look::whole) const;

  private:
    Buffer<double> send_, receive_;
};

// The factor of what rank `rank` sends, and of the sum over `ranks` ranks.
constexpr double factor_of_rank(int rank) {
    return rank + 1.0;
}
constexpr double factor_of_sum(int ranks) {
    return 0.5 * ranks * (ranks + 1.0);
}

}  // namespace pacer::overhead
