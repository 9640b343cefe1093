#include "common/parallel/shared_counter.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "common/base/clock.hpp"

namespace pacer {

namespace {

std::optional<bool> waits;

}  // namespace

SharedCounter::SharedCounter(const Team& world) {
    std::int64_t* next = nullptr;
    window_ = Window::allocate(world.comm, world.root() ? sizeof *next : 0, sizeof *next, &next);
    if (!obstacle().empty()) return;
    restart(world);
    if (waits || world.size == 1) return;
    try_without_rank_0(world);
    restart(world);
}

bool SharedCounter::waits_for_rank_0() {
    return waits.value_or(false);
}

// While rank 0 computes without calling MPI the others draw a ticket each. One that came late may have had no
// core: only if one is late every time is it rank 0 that they wait for.
void SharedCounter::try_without_rank_0(const Team& world) const {
    constexpr int most_tries = 3;
    constexpr double computing_seconds = 0.03, head_start_seconds = 0.005, late_seconds = 0.02;
    waits = true;
    for (int attempt = 0; attempt < most_tries && *waits; ++attempt) {
        MPI_Barrier(world.comm);
        const double start = now_seconds();
        double drawn = 0;  // when the ticket came
        if (world.root()) {
            while (now_seconds() < start + computing_seconds) continue;
        } else {
            std::this_thread::sleep_for(std::chrono::duration<double>(head_start_seconds));
            draw();
            drawn = now_seconds() - start;
        }
        MPI_Allreduce(MPI_IN_PLACE, &drawn, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        waits = drawn > late_seconds;
    }
}

void SharedCounter::restart(const Team& team) const {
    if (team.root()) {
        const std::int64_t first = 0;
        std::int64_t before = 0;
        MPI_Fetch_and_op(&first, &before, MPI_INT64_T, 0, 0, MPI_REPLACE, window_.get());
        MPI_Win_flush(0, window_.get());
    }
    MPI_Barrier(team.comm);
}

std::int64_t SharedCounter::draw() const {
    const std::int64_t one = 1;
    std::int64_t ticket = 0;
    MPI_Fetch_and_op(&one, &ticket, MPI_INT64_T, 0, 0, MPI_SUM, window_.get());
    MPI_Win_flush(0, window_.get());
    return ticket;
}

}  // namespace pacer
