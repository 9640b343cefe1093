#include "apps/storage/content.hpp"

#include "common/machine/clones.hpp"
#include "common/parallel/random.hpp"

namespace pacer::storage {

namespace {

constexpr std::uint64_t factor_of(std::int64_t sector) {
    return 2 * static_cast<std::uint64_t>(sector) + 1;
}

// The random part returns after so many bytes, or as many blocks as have them: farther apart than what file
// systems compress at a time.
constexpr std::int64_t least_period_bytes = 1 << 20;

std::int64_t period_of(std::int64_t block_bytes) {
    const auto blocks = (least_period_bytes + block_bytes - 1) / block_bytes;
    return blocks * block_bytes / sector_bytes;
}

}  // namespace

PACER_CLONES std::uint64_t sum_of_sectors(const std::uint64_t* words, std::int64_t sectors,
                                          std::int64_t first) {
    std::uint64_t total = 0;
    for (std::int64_t sector = 0; sector < sectors; ++sector, words += sector_words) {
        std::uint64_t sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < sector_words; ++i) sum += words[i];
        total += sum * factor_of(first + sector);
    }
    return total;
}

Content::Content(std::int64_t block_bytes)
    : period_(period_of(block_bytes)),
      words_(make_buffer<std::uint64_t>(period_ * sector_words)),
      room_(make_buffer<std::uint64_t>(block_bytes / sector_bytes * sector_words)) {
    for (std::int64_t sector = 0; sector < period_; ++sector) {
        std::uint64_t sum = 0;
        for (std::int64_t i = 0; i < sector_words; ++i) {
            const auto at = sector * sector_words + i;
            const auto word = i == 0 ? 0 : mixed(static_cast<std::uint64_t>(at));
            words_[static_cast<std::size_t>(at)] = word;
            sum += word;
        }
        sums_.push_back(sum);
    }
}

std::uint64_t Content::stamp(std::int64_t sector, std::uint64_t salt) {
    return mixed(salt + static_cast<std::uint64_t>(sector));
}

const std::uint64_t* Content::sectors(std::int64_t first, std::int64_t sectors, std::uint64_t salt) {
    auto* const words = words_.get() + first % period_ * sector_words;
    for (std::int64_t i = 0; i < sectors; ++i) words[i * sector_words] = stamp(first + i, salt);
    return words;
}

std::uint64_t Content::sum(Range sectors, std::uint64_t salt) const {
    std::uint64_t total = 0;
    for (auto sector = sectors.begin; sector < sectors.end; ++sector) {
        const auto without_stamp = sums_[static_cast<std::size_t>(sector % period_)];
        total += (without_stamp + stamp(sector, salt)) * factor_of(sector);
    }
    return total;
}

}  // namespace pacer::storage
