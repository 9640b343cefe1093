#include "common/parallel/patience.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "common/measure/timing.hpp"
#include "common/placement/host.hpp"

namespace pacer {

int cores_on_node(const Team& team) {
    const auto& own = machine().cpus;
    int width = own.empty() ? 0 : own.back() + 1;
    MPI_Allreduce(MPI_IN_PLACE, &width, 1, MPI_INT, MPI_MAX, team.node);
    std::vector<int> reached(static_cast<std::size_t>(width), 0);
    for (const int cpu : own) reached[static_cast<std::size_t>(cpu)] = 1;
    MPI_Allreduce(MPI_IN_PLACE, reached.data(), width, MPI_INT, MPI_MAX, team.node);
    return static_cast<int>(std::count(reached.begin(), reached.end(), 1));
}

bool crowded(const Team& team) {
    const int cores = cores_on_node(team);
    return cores > 0 && cores < team.node_size;  // 0: nobody knows
}

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
