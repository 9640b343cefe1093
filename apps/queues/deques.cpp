#include "apps/queues/deques.hpp"

#include <mpi.h>

#include "apps/queues/deque_word.hpp"

namespace pacer::queues {

namespace {

constexpr MPI_Aint deque_at = 0, begun_at = 1;  // words of a rank's window; the second is rank 0's alone

}  // namespace

Deques::Deques(const Team& world) {
    std::uint64_t* words = nullptr;
    window_ = Window::allocate(world.comm, 2 * sizeof *words, sizeof *words, &words);
    if (!obstacle().empty()) return;
    static_cast<void>(fill(world.rank, {}));  // whatever the words were
    restart(world);
}

// Rank 0 comes here when it has added up what all ranks did: none of them looks at the number any more.
void Deques::restart(const Team& team) const {
    if (team.root()) add_begun(-add_begun(0));
    MPI_Barrier(team.comm);
}

Range Deques::fill(int rank, Range tasks) const {
    const auto seen = read(rank);
    return deque_word::left_out(seen, add(rank, deque_word::put(seen, tasks)), tasks);
}

std::optional<std::int64_t> Deques::take(int rank) const {
    return deque_word::taken(add(rank, deque_word::take_first));
}

Range Deques::steal(int victim) const {
    const auto wanted = deque_word::half_of(read(victim));
    if (wanted == 0) return {};
    return deque_word::stolen(add(victim, deque_word::take_last(wanted)), wanted);
}

std::int64_t Deques::add_begun(std::int64_t tasks) const {
    std::int64_t before = 0;
    MPI_Fetch_and_op(&tasks, &before, MPI_INT64_T, 0, begun_at, MPI_SUM, window_.get());
    MPI_Win_flush(0, window_.get());
    return before + tasks;
}

std::uint64_t Deques::read(int rank) const {
    const std::uint64_t unused = 0;
    std::uint64_t word = 0;
    MPI_Fetch_and_op(&unused, &word, MPI_UINT64_T, rank, deque_at, MPI_NO_OP, window_.get());
    MPI_Win_flush(rank, window_.get());
    return word;
}

std::uint64_t Deques::add(int rank, std::uint64_t more) const {
    std::uint64_t before = 0;
    MPI_Fetch_and_op(&more, &before, MPI_UINT64_T, rank, deque_at, MPI_SUM, window_.get());
    MPI_Win_flush(rank, window_.get());
    return before;
}

Stealer::Stealer(const Deques& deques, const Team& team, std::int64_t tasks, Range mine)
    : deques_(deques), team_(team), tasks_(tasks), patience_(team.crowded) {
    deques.restart(team);
    kept_ = deques.fill(team.rank, mine);
}

std::optional<std::int64_t> Stealer::next() {
    std::optional<std::int64_t> task;
    if (kept_.size() > 0) {
        task = kept_.begin++;
    } else {
        task = deques_.take(team_.rank);
        if (!task) task = steal();
    }
    if (task) ++untold_;
    return task;
}

// Tasks make no new ones, but stolen ones may be on their way from deque to deque, where nobody sees them:
// the number of those that have begun tells whether there are any left.
std::optional<std::int64_t> Stealer::steal() {
    patience_.reset();
    for (;;) {
        const auto begun = deques_.add_begun(untold_);
        untold_ = 0;
        if (begun >= tasks_) return std::nullopt;
        for (int step = 1; step < team_.size; ++step) {
            const auto stolen = deques_.steal((team_.rank + step) % team_.size);
            if (stolen.size() == 0) continue;
            // The first one is in no deque: it could be stolen again and again, and never be done.
            kept_ = deques_.fill(team_.rank, {stolen.begin + 1, stolen.end});
            return stolen.begin;
        }
        patience_.wait();
    }
}

}  // namespace pacer::queues
