// Waiting for a message without taking the core from those who compute.
#pragma once

#include "common/team.hpp"

namespace pacer {

// True if this node has fewer cores for the team than the team has ranks on it: whoever waits busily there
// takes the core of somebody else. Collective over the node.
bool crowded(const Team& team);

// Waits between two looks at whether something has come: at first not at all, if there is a core to spare,
// since messages come within microseconds where others are busy with nothing else; then asleep, for a part of
// the time waited so far.
class Patience {
  public:
    explicit Patience(bool crowded) : busy_seconds_(crowded ? 0 : 50e-6) {}

    void wait();
    void reset() { since_ = -1; }  // something has come

  private:
    double busy_seconds_, since_ = -1;
};

}  // namespace pacer
