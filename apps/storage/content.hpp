// The data in the files: random, so that no file system can shrink it, with a word in each sector that tells
// which sector of which repeat it is.
#pragma once

#include <cstdint>
#include <vector>

#include "common/machine/memory.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::storage {

constexpr std::int64_t sector_bytes = 512;
constexpr std::int64_t sector_words = sector_bytes / 8;

// Adds up the words of the sectors, each sector's sum times an odd number of its own, modulo 2^64: a changed
// bit, and sectors that changed places, give another sum. `first` is the number of the first of them.
std::uint64_t sum_of_sectors(const std::uint64_t* words, std::int64_t sectors, std::int64_t first);

class Content {
  public:
    explicit Content(std::int64_t block_bytes);

    // Sectors first .. first + sectors - 1 of the data of that salt, at most a block of them, which begins
    // where a block does. They stay until the next call.
    const std::uint64_t* sectors(std::int64_t first, std::int64_t sectors, std::uint64_t salt);
    // The first word of a sector.
    static std::uint64_t stamp(std::int64_t sector, std::uint64_t salt);
    // What sum_of_sectors() of these sectors is to be.
    std::uint64_t sum(Range sectors, std::uint64_t salt) const;

    // For a block that is read.
    std::uint64_t* room() { return room_.get(); }

  private:
    std::int64_t period_;  // sectors
    Buffer<std::uint64_t> words_, room_;
    std::vector<std::uint64_t> sums_;  // of the sectors of a period, without their first words
};

}  // namespace pacer::storage
