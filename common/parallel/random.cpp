#include "common/parallel/random.hpp"

#include <Random123/philox.h>

#include <cmath>

namespace pacer {

std::array<std::uint32_t, 4> random_words(std::uint64_t number, std::uint32_t stream, std::uint64_t seed) {
    const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
    const r123::Philox4x32::ctr_type counter = {{low(number), low(number >> 32), stream, 0}};
    const r123::Philox4x32::key_type key = {{low(seed), low(seed >> 32)}};
    const auto words = r123::Philox4x32()(counter, key);
    return {words[0], words[1], words[2], words[3]};
}

double uniform(std::uint32_t high, std::uint32_t low) {
    return std::ldexp(static_cast<double>((std::uint64_t{high} << 32 | low) >> 11), -53);
}

}  // namespace pacer
