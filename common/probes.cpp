#include "common/probes.hpp"

#include <array>

#include "common/clones.hpp"

namespace pacer::probes {

namespace {

template <std::int64_t lanes, class T>
[[gnu::always_inline]] inline T add(std::int64_t steps, T step) {
    T sum[lanes] = {}, value[lanes];
    for (std::int64_t lane = 0; lane < lanes; ++lane) value[lane] = static_cast<T>(lane);
    for (std::int64_t i = 0; i < steps; ++i) {
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            sum[lane] += value[lane];
            value[lane] += step;
        }
    }
    T total = 0;
    for (const T part : sum) total += part;
    return total;
}

template <std::int64_t lanes>
[[gnu::always_inline]] inline std::uint64_t read_lanes(const std::uint64_t* data, std::int64_t words) {
    std::uint64_t sum[lanes] = {};
    for (std::int64_t i = 0; i < words; i += lanes) {
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) sum[lane] += data[i + lane];
    }
    std::uint64_t total = 0;
    for (const auto part : sum) total += part;
    return total;
}

// Clones cannot be templates.
PACER_CLONES std::uint64_t add_16(std::int64_t steps, std::uint64_t step) {
    return add<16>(steps, step);
}
PACER_CLONES std::uint64_t add_32(std::int64_t steps, std::uint64_t step) {
    return add<32>(steps, step);
}
PACER_CLONES std::uint64_t add_64(std::int64_t steps, std::uint64_t step) {
    return add<64>(steps, step);
}
PACER_CLONES double add_16(std::int64_t steps, double step) {
    return add<16>(steps, step);
}
PACER_CLONES double add_32(std::int64_t steps, double step) {
    return add<32>(steps, step);
}
PACER_CLONES double add_64(std::int64_t steps, double step) {
    return add<64>(steps, step);
}
PACER_CLONES std::uint64_t read_16(const std::uint64_t* data, std::int64_t words) {
    return read_lanes<16>(data, words);
}
PACER_CLONES std::uint64_t read_32(const std::uint64_t* data, std::int64_t words) {
    return read_lanes<32>(data, words);
}
PACER_CLONES std::uint64_t read_64(const std::uint64_t* data, std::int64_t words) {
    return read_lanes<64>(data, words);
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
