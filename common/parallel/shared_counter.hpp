// A queue of tickets without a master: a one-sided counter.
#pragma once

#include <cstdint>
#include <string>

#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer {

// Tickets 0, 1, 2, ...: a counter in rank 0's memory that any rank draws from without rank 0's help.
class SharedCounter {
  public:
    SharedCounter() = default;
    explicit SharedCounter(const Team& world);  // collective
    void restart(const Team& team) const;  // the next ticket is 0 again; collective, nobody may be drawing
    std::int64_t draw() const;
    // Why there is none, if MPI has no windows; the same on every rank.
    const std::string& obstacle() const { return window_.obstacle(); }

  private:
    Window window_;
};

}  // namespace pacer
