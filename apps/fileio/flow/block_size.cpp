#include "apps/fileio/flow/block_size.hpp"

#include <algorithm>

namespace pacer::fileio {

namespace {

constexpr std::int64_t usual_largest = std::int64_t{1}
                                       << 20;  // beyond it nothing is gained: see the README's figures
constexpr std::int64_t smallest_largest = 4096;
constexpr std::int64_t largest_message = std::int64_t{1} << 30;  // MPI counts in ints
constexpr std::int64_t before_anything_is_known = 4096;
constexpr double target_seconds = 0.02;  // a thousand times what handing out costs
constexpr double memory = 0.9;           // of what was learned, for each new piece

}  // namespace

// Two blocks for each worker may lie in rank 0's memory; half of that memory is for them.
BlockSize::BlockSize(const Settings& settings, int workers, int threads)
    : workers_(workers),
      threads_(threads),
      fixed_(settings.block_bytes),
      largest_(std::clamp(settings.memory_bytes / 4 / workers, smallest_largest, largest_message)) {}

std::int64_t BlockSize::next(std::int64_t read, std::optional<std::int64_t> left) const {
    if (fixed_ > 0) return std::min(fixed_, largest_);
    double wanted = static_cast<double>(before_anything_is_known) * threads_;
    if (seconds_ > 0) wanted = target_seconds * bytes_ / seconds_;
    // Large input comes in larger blocks, however long they take: the number of blocks, and with it what is
    // to be remembered of each, then grows with the logarithm of the input only.
    constexpr int most_blocks_log2 = 17;
    const auto grown = static_cast<double>(read >> most_blocks_log2);
    wanted = std::clamp(wanted, grown, std::max(grown, static_cast<double>(usual_largest)));
    // Towards the end smaller and smaller, so that all workers end at about the same time.
    if (left) {
        const double share = static_cast<double>(*left) / (workers_ * (seconds_ > 0 ? 3 : 16));
        wanted = std::min(wanted, share);
    }
    return std::clamp(static_cast<std::int64_t>(wanted), std::int64_t{1}, largest_);
}

void BlockSize::learn(const PieceHeader& piece) {
    bytes_ = memory * bytes_ + static_cast<double>(piece.place.bytes);
    seconds_ = memory * seconds_ + piece.seconds / threads_;
}

}  // namespace pacer::fileio
