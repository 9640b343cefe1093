#include "apps/storage/content.hpp"

#include "common/machine/clones.hpp"
#include "common/parallel/random.hpp"

namespace pacer::storage {

namespace {

std::uint64_t factor_of(std::int64_t sector) {
    return 2 * static_cast<std::uint64_t>(sector) + 1;
}

}  // namespace

PACER_CLONES std::uint64_t sum_of_sectors(const std::uint64_t* words, std::int64_t sectors,
                                          std::int64_t first) {
    std::uint64_t total = 0;
    for (std::int64_t sector = 0; sector < sectors; ++sector, words += sector_words) {
        std::uint64_t sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < sector_words; ++i) sum += words[i];
        total += sum * (2 * static_cast<std::uint64_t>(first + sector) + 1);
    }
    return total;
}

Content::Content(std::int64_t block_bytes)
    : block_sectors_(block_bytes / sector_bytes),
      block_(make_buffer<std::uint64_t>(block_sectors_ * sector_words)),
      room_(make_buffer<std::uint64_t>(block_sectors_ * sector_words)) {
    for (std::int64_t sector = 0; sector < block_sectors_; ++sector) {
        std::uint64_t sum = 0;
        for (std::int64_t i = 0; i < sector_words; ++i) {
            const auto at = sector * sector_words + i;
            const auto word = i == 0 ? 0 : mixed(static_cast<std::uint64_t>(at));
            block_[static_cast<std::size_t>(at)] = word;
            sum += word;
        }
        sums_.push_back(sum);
    }
}

std::uint64_t Content::stamp(std::int64_t sector, std::uint64_t salt) {
    return mixed(salt + static_cast<std::uint64_t>(sector));
}

const std::uint64_t* Content::sectors(std::int64_t first, std::int64_t sectors, std::uint64_t salt) {
    for (std::int64_t i = 0; i < sectors; ++i)
        block_[static_cast<std::size_t>(i * sector_words)] = stamp(first + i, salt);
    return block_.get();
}

std::uint64_t Content::sum(Range sectors, std::uint64_t salt) const {
    std::uint64_t total = 0;
    for (auto sector = sectors.begin; sector < sectors.end; ++sector) {
        const auto without_stamp = sums_[static_cast<std::size_t>(sector % block_sectors_)];
        total += (without_stamp + stamp(sector, salt)) * factor_of(sector);
    }
    return total;
}

}  // namespace pacer::storage
