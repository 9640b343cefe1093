// Work stealing: every rank has a deque of tasks that all ranks can reach one-sidedly.
#pragma once

#include <cstdint>
#include <optional>

#include "common/parallel/partition.hpp"
#include "common/parallel/patience.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer::queues {

// A deque a rank, as a word in an MPI window.
class Deques {
  public:
    Deques() = default;
    explicit Deques(const Team& world);  // collective

    // Why there are none, if MPI has no windows; the same on every rank.
    const std::string& obstacle() const { return window_.obstacle(); }

    // No task has begun. Returns when all ranks have come, so that nobody takes any more of what was there
    // before, and all deques are empty. Collective.
    void restart(const Team& team) const;
    // Puts tasks into this rank's deque, which is empty, but for those returned, which nobody else will do.
    [[nodiscard]] Range fill(int rank, Range tasks) const;
    // The first task of this rank's deque.
    std::optional<std::int64_t> take(int rank) const;
    // Half of the tasks in another rank's deque, rounded up; none if it is empty.
    Range steal(int victim) const;
    // Adds to the number of tasks that have begun anywhere; returns it.
    std::int64_t add_begun(std::int64_t tasks) const;

  private:
    std::uint64_t read(int rank) const;
    std::uint64_t add(int rank, std::uint64_t more) const;  // returns what was there before

    Window window_;
};

// The tasks of one rank: its own, then stolen ones, until those of all ranks have begun.
class Stealer {
  public:
    // Tasks 0 .. tasks-1, at first those in `mine`. Collective.
    Stealer(const Deques& deques, const Team& team, std::int64_t tasks, Range mine);

    std::optional<std::int64_t> next();

  private:
    std::optional<std::int64_t> steal();

    const Deques& deques_;
    const Team& team_;
    std::int64_t tasks_;
    Range kept_;               // tasks that are in no deque and for this rank alone
    std::int64_t untold_ = 0;  // tasks begun here and not yet added to the number of all
    Patience patience_;
};

}  // namespace pacer::queues
