// Waiting for a message without taking the core from those who compute.
#pragma once

namespace pacer {

// Waits between two looks at whether something has come. For a millisecond it only yields:
// messages come within microseconds where everybody is busy with nothing else, and a rank that sleeps is not
// always given a core at once when it wakes (Linux since 6.6 lets others finish their slice, 3 ms or so).
// Then it sleeps, for a part of the time waited so far.
class Patience {
  public:
    explicit Patience(bool crowded) : crowded_(crowded) {}

    void wait();
    void reset() { since_ = -1; }  // something has come
    // For ranks that work, when they have sent what another rank waits for: on a crowded node that rank may
    // need this core, too.
    void let_others() const;

  private:
    bool crowded_;
    double since_ = -1;
};

}  // namespace pacer
