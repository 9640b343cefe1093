// Waiting for a message without taking the core from those who compute.
#pragma once

#include "common/team.hpp"

namespace pacer {

// True if this node has fewer cores for the team than the team has ranks on it: whoever waits busily there
// takes the core of somebody else. Collective over the node.
bool crowded(const Team& team);

// Waits between two looks at whether something has come. If there is a core for every rank it only lets
// others go first at first: messages come within microseconds where everybody is busy with nothing else.
// Then, and at once where cores are short, it sleeps, for a part of the time waited so far.
class Patience {
  public:
    explicit Patience(bool crowded) : busy_seconds_(crowded ? 0 : 1e-3) {}

    void wait();
    void reset() { since_ = -1; }  // something has come

  private:
    double busy_seconds_, since_ = -1;
};

}  // namespace pacer
