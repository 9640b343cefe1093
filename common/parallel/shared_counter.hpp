// A queue of tickets without a master: a counter that any rank draws from by one-sided communication.
#pragma once

#include <cstdint>
#include <string>

#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer {

// Tickets 0, 1, 2, ...: a counter in rank 0's memory. Whether rank 0 has to help, by calling MPI now and
// then, is a matter of MPI and the network: the first counter of a launch is tried while rank 0 computes.
class SharedCounter {
  public:
    SharedCounter() = default;
    explicit SharedCounter(const Team& world);  // collective
    void restart(const Team& team) const;  // the next ticket is 0 again; collective, nobody may be drawing
    std::int64_t draw() const;
    // Whether a ticket was not drawn while rank 0 computed; the same on every rank.
    static bool waits_for_rank_0();
    // Why there is none, if MPI has no windows; the same on every rank.
    const std::string& obstacle() const { return window_.obstacle(); }

  private:
    void try_without_rank_0(const Team& world) const;

    Window window_;
    const volatile std::int64_t* next_ = nullptr;  // in rank 0's memory, where others change it
};

}  // namespace pacer
