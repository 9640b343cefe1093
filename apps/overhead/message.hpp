// What messages hold, and whether it arrived.
#pragma once

#include <cstdint>

#include "common/memory.hpp"
#include "common/team.hpp"

namespace pacer::overhead {

// Two messages: one to send, one to receive. Element i of what rank r sends is ((i mod 1021) + 1) * (r + 1):
// a shift by any amount, a lost or doubled rank and a lost piece all show, and sums over ranks are exact in
// double.
class Buffers {
  public:
    Buffers() = default;
    Buffers(const Team& world, std::int64_t elements);

    const double* to_send() const { return send_.get(); }
    // Where to receive `elements`, overwritten with what no message holds.
    double* to_receive(std::int64_t elements) const;
    // How many of the received elements are those of a message of all ranks' factors added up, or of one.
    std::int64_t count_right(std::int64_t elements, double factor) const;

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
