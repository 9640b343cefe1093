// Random numbers that depend only on their index: the same for every number of ranks and threads.
#pragma once

#include <array>
#include <cstdint>

namespace pacer {

// The random words with that number, by Philox 4x32 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011). `stream` keeps uses apart.
std::array<std::uint32_t, 4> random_words(std::uint64_t number, std::uint32_t stream, std::uint64_t seed);

// The `counter`-th number of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
// 2014), which needs none of the numbers before it: a nanosecond, or less in vector registers. To be inlined
// into functions marked PACER_CLONES.
[[gnu::always_inline]] constexpr std::uint64_t mixed(std::uint64_t counter) {
    std::uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// From 0 inclusive to 1 exclusive, all 53 bits random.
double uniform(std::uint32_t high, std::uint32_t low);

}  // namespace pacer
