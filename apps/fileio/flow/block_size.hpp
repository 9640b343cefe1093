// How large the next block is to be.
#pragma once

#include <cstdint>
#include <optional>

#include "apps/fileio/flow/piece.hpp"
#include "apps/fileio/input.hpp"

namespace pacer::fileio {

class BlockSize {
  public:
    // For that many workers of so many threads each.
    BlockSize(const Settings& settings, int workers, int threads);

    // Bytes of the next block, after `read` bytes of the input, with `left` bytes to come (none: nobody
    // knows).
    std::int64_t next(std::int64_t read, std::optional<std::int64_t> left) const;

    // What a piece took.
    void learn(const PieceHeader& piece);

  private:
    double workers_, threads_;
    std::int64_t fixed_, largest_;
    double bytes_ = 0, seconds_ = 0;  // of the latest pieces, older ones counting less and less
};

}  // namespace pacer::fileio
