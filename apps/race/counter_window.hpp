// A counter in rank 0's memory that every rank reads and writes with one-sided calls.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>

#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer::race {

// Made once per launch; its passive epoch stays open.
class CounterWindow {
  public:
    static constexpr int owner = 0;  // the rank in whose memory the counter lies, at displacement 0

    CounterWindow() = default;
    explicit CounterWindow(const Team& world);  // collective

    // Why there is none, if MPI has no windows; the same on every rank.
    const std::string& obstacle() const { return window_.obstacle(); }

    // Gives the counter a value. By rank 0; nobody may be counting until all have met after it.
    void set(const Team& team, std::int64_t value) const;
    void restart(const Team& team) const { set(team, 0); }
    // What the counter has come to when every rank has completed its increments; on rank 0, else 0.
    // Collective.
    std::int64_t total(const Team& team) const;

    MPI_Win get() const { return window_.get(); }

  private:
    Window window_;
};

}  // namespace pacer::race
