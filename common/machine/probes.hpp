// The loops whose speed is taken as the machine's limit, each in several shapes: how many independent lanes
// do best depends on the CPU's registers, so the fastest shape counts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pacer::probes {

inline constexpr std::size_t shapes = 3;
inline constexpr std::int64_t most_lanes = 64;

// Makes about `additions` additions, each lane a recurrence of its own (sum += value, value += step), and
// returns how many it made. The step is an argument so that no closed form is at hand.
double add_int64(std::size_t shape, std::int64_t additions, std::uint64_t step);
double add_float64(std::size_t shape, std::int64_t additions, double step);

// Reads `words` words; returns their sum.
std::uint64_t read(std::size_t shape, const std::uint64_t* data, std::int64_t words);

}  // namespace pacer::probes
