// The smallest piece of work that a worker can be given, and the proof that it was done.
#pragma once

#include <cstdint>
#include <vector>

namespace pacer::overhead {

// What worker `index` has to return: index + 1. The compiler does not know.
std::int64_t piece_of_work(std::int64_t index);

// The sum of what `workers` workers return.
constexpr std::int64_t sum_of_pieces(std::int64_t workers) {
    return workers * (workers + 1) / 2;
}

// How many pieces this thread has done; its address tells threads apart that live at the same time.
inline constinit thread_local std::int64_t pieces_done = 0;

// A piece for each worker, which can be done and not be claimed to be done.
class Pieces {
  public:
    explicit Pieces(std::int64_t workers) : results_(static_cast<std::size_t>(workers)) {}
    std::int64_t count() const { return static_cast<std::int64_t>(results_.size()); }

    // Does a piece in the calling thread. Threads do different pieces at once.
    std::int64_t work(std::int64_t index) {
        auto& result = results_[static_cast<std::size_t>(index)];
        const auto returned = piece_of_work(index);
        result.sum += returned;
        result.thread = &pieces_done;
        result.done_by_thread = ++pieces_done;
        return returned;
    }

  private:
    friend class Harness;

    // A worker's, in a cache line of its own.
    struct alignas(64) Result {
        std::int64_t sum = 0;
        const std::int64_t* thread = nullptr;  // that did it last,
        std::int64_t done_by_thread = 0;       // and how many pieces that had done then
    };

    void forget() { results_.assign(results_.size(), {}); }
    std::int64_t sum() const;
    bool by_new_threads() const;        // each by a thread that is not this one and did no other piece
    bool by_different_threads() const;  // that all live at once

    std::vector<Result> results_;
};

}  // namespace pacer::overhead
