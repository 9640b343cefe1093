#include "common/patience.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/timing.hpp"

namespace pacer {

int cores_on_node(const Team& team) {
    cpu_set_t allowed, together;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    MPI_Allreduce(&allowed, &together, sizeof allowed, MPI_BYTE, MPI_BOR, team.node);
    return CPU_COUNT(&together);
}

bool crowded(const Team& team) {
    int ranks = 1;
    MPI_Comm_size(team.node, &ranks);
    return cores_on_node(team) < ranks;
}

void Patience::wait() {
    constexpr double at_once_seconds = 2e-6, busy_seconds = 1e-3;
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
