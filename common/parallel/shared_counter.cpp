#include "common/parallel/shared_counter.hpp"

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
    next_ = next;
    if (!obstacle().empty()) return;
    restart(world);
    if (waits || world.size == 1) return;
    try_without_rank_0(world);
    restart(world);
}

bool SharedCounter::waits_for_rank_0() {
    return waits.value_or(false);
}

// While rank 0 computes without calling MPI the others draw a ticket each, and rank 0 looks at its memory.
// Those drawn before it began tell nothing: it may have been in the barrier longer than the others, where it
// helps them. And one that came late may have had no core: only if one is late every time, in ever more time,
// is it rank 0 that they wait for.
void SharedCounter::try_without_rank_0(const Team& world) const {
    constexpr double head_start_seconds = 0.005, longest_seconds = 0.12;
    waits = true;
    for (double computing_seconds = 0.03; *waits && computing_seconds <= longest_seconds;
         computing_seconds *= 2) {
        restart(world);
        int late = 0;  // of rank 0
        if (world.root()) {
            late = *next_ != 0 ? 1 : 0;
            const double end = now_seconds() + computing_seconds;
            while (late == 0 && *next_ < world.size - 1) late = now_seconds() > end ? 1 : 0;
        } else {
            std::this_thread::sleep_for(std::chrono::duration<double>(head_start_seconds));
            draw();
        }
        MPI_Allreduce(MPI_IN_PLACE, &late, 1, MPI_INT, MPI_MAX, world.comm);  // all have drawn
        waits = late != 0;
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
