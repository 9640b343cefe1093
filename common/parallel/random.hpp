// Random numbers that depend only on their index: the same for every number of ranks and threads.
#pragma once

#include <array>
#include <cstdint>

namespace pacer {

// The random words with that number, by Philox 4x32 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011). `stream` keeps uses apart.
std::array<std::uint32_t, 4> random_words(std::uint64_t number, std::uint32_t stream, std::uint64_t seed);

// From 0 inclusive to 1 exclusive, all 53 bits random.
double uniform(std::uint32_t high, std::uint32_t low);

}  // namespace pacer
