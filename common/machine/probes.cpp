#include "common/machine/probes.hpp"

#include <array>

#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"

namespace pacer::probes {

namespace {

// Clones cannot be templates.
PACER_CLONES std::uint64_t add_16(std::int64_t steps, std::uint64_t step) {
    return sum_progressions<16>(std::uint64_t{0}, step, steps);
}
PACER_CLONES std::uint64_t add_32(std::int64_t steps, std::uint64_t step) {
    return sum_progressions<32>(std::uint64_t{0}, step, steps);
}
PACER_CLONES std::uint64_t add_64(std::int64_t steps, std::uint64_t step) {
    return sum_progressions<64>(std::uint64_t{0}, step, steps);
}
PACER_CLONES double add_16(std::int64_t steps, double step) {
    return sum_progressions<16>(0.0, step, steps);
}
PACER_CLONES double add_32(std::int64_t steps, double step) {
    return sum_progressions<32>(0.0, step, steps);
}
PACER_CLONES double add_64(std::int64_t steps, double step) {
    return sum_progressions<64>(0.0, step, steps);
}
PACER_CLONES std::uint64_t read_16(const std::uint64_t* data, std::int64_t words) {
    return sum_array<16>(data, words);
}
PACER_CLONES std::uint64_t read_32(const std::uint64_t* data, std::int64_t words) {
    return sum_array<32>(data, words);
}
PACER_CLONES std::uint64_t read_64(const std::uint64_t* data, std::int64_t words) {
    return sum_array<64>(data, words);
}

constexpr std::array<std::int64_t, shapes> lanes_of = {16, 32, 64};
static_assert(lanes_of.back() == most_lanes);

template <class T>
double add_shape(std::size_t shape, std::int64_t additions, T step) {
    using Add = T (*)(std::int64_t, T);
    constexpr std::array<Add, shapes> loops = {add_16, add_32, add_64};
    const std::int64_t steps = additions / (2 * lanes_of.at(shape));
    [[maybe_unused]] volatile T wanted = loops.at(shape)(steps, step);  // or the compiler drops the work
    return 2.0 * static_cast<double>(lanes_of.at(shape)) * static_cast<double>(steps);
}

}  // namespace

double add_int64(std::size_t shape, std::int64_t additions, std::uint64_t step) {
    return add_shape(shape, additions, step);
}

double add_float64(std::size_t shape, std::int64_t additions, double step) {
    return add_shape(shape, additions, step);
}

std::uint64_t read(std::size_t shape, const std::uint64_t* data, std::int64_t words) {
    constexpr std::array loops = {read_16, read_32, read_64};
    return loops.at(shape)(data, words);
}

}  // namespace pacer::probes
