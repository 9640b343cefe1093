#include "common/parallel/patience.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/base/clock.hpp"
#include "common/parallel/ending.hpp"

namespace pacer {

void Patience::wait() {
    constexpr double at_once_seconds = 2e-6, busy_seconds = 1e-3;
    heed_abort();
    const double now = now_seconds();
    if (since_ < 0) since_ = now;
    const double waited = now - since_;
    if (waited < busy_seconds) {
        // Cores are not promised: whoever we wait for may have been put on ours.
        if (crowded_ || waited > at_once_seconds) sched_yield();
        return;
    }
    // A quarter: what comes late waits for us that much longer at most, and a long wait takes few wake-ups,
    // each of which interrupts somebody on a crowded node.
    const double pause = std::clamp(waited / 4, 50e-6, 2e-3);
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
}

void Patience::let_others() const {
    if (crowded_) sched_yield();
}

}  // namespace pacer
