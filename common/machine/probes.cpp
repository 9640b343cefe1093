#include "common/machine/probes.hpp"

#include <cstring>

#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"
#include "common/machine/opaque.hpp"
#include "common/machine/streams.hpp"

namespace pacer::probes {

namespace {

constexpr std::array<std::int64_t, 3> lanes_of = {16, 32, 64};
constexpr std::int64_t operations = 200'000'000;  // some milliseconds

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
PACER_FMA_CLONES double multiply_add_16(std::int64_t steps, double factor) {
    return iterate_multiply_add<16>(factor, steps);
}
PACER_FMA_CLONES double multiply_add_32(std::int64_t steps, double factor) {
    return iterate_multiply_add<32>(factor, steps);
}
PACER_FMA_CLONES double multiply_add_64(std::int64_t steps, double factor) {
    return iterate_multiply_add<64>(factor, steps);
}
PACER_CLONES std::uint64_t read_16(const double* values, std::int64_t count) {
    return sum_array<16, std::uint64_t>(values, count);
}
PACER_CLONES std::uint64_t read_32(const double* values, std::int64_t count) {
    return sum_array<32, std::uint64_t>(values, count);
}
PACER_CLONES std::uint64_t read_64(const double* values, std::int64_t count) {
    return sum_array<64, std::uint64_t>(values, count);
}
PACER_CLONES void store(double* to, std::int64_t count, double value) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = value;
}

// `each`: operations of one lane in a step. What a loop makes is used, or the compiler drops the work.
template <class T>
double compute(T (*loop)(std::int64_t, T), std::int64_t lanes, std::int64_t each) {
    const std::int64_t steps = operations / (each * lanes);
    [[maybe_unused]] volatile T wanted = loop(steps, static_cast<T>(opaque(1)));  // no closed form is at hand
    return static_cast<double>(each * lanes * steps);
}

// Each pass of the loop goes through so many arrays.
template <class Loop>
double pass_through(const Stretch& stretch, std::int64_t arrays, const Loop& loop) {
    for (std::int64_t pass = 0; pass < stretch.passes; ++pass) loop();
    return static_cast<double>(arrays * stretch.count * stretch.passes) * sizeof(double);
}

}  // namespace

double add_int64(std::size_t shape, const Stretch&) {
    using Add = std::uint64_t (*)(std::int64_t, std::uint64_t);
    constexpr std::array<Add, 3> loops = {add_16, add_32, add_64};
    return compute(loops.at(shape), lanes_of.at(shape), 2);
}

double add_float64(std::size_t shape, const Stretch&) {
    using Add = double (*)(std::int64_t, double);
    constexpr std::array<Add, 3> loops = {add_16, add_32, add_64};
    return compute(loops.at(shape), lanes_of.at(shape), 2);
}

double multiply_add(std::size_t shape, const Stretch&) {
    constexpr std::array loops = {multiply_add_16, multiply_add_32, multiply_add_64};
    return compute(loops.at(shape), lanes_of.at(shape), 1);
}

// As whole numbers, whose additions are over at once.
double read(std::size_t shape, const Stretch& stretch) {
    const auto loop = std::array{read_16, read_32, read_64}.at(shape);
    return pass_through(
        stretch, 1, [&] { [[maybe_unused]] volatile std::uint64_t wanted = loop(stretch.a, stretch.count); });
}

double write(std::size_t shape, const Stretch& stretch) {
    return pass_through(stretch, 1, [&] {
        if (shape == 0) {
            store(stretch.c, stretch.count, static_cast<double>(opaque(1)));
        } else if (shape == 1) {
            std::memset(stretch.c, opaque(1), static_cast<std::size_t>(stretch.count) * sizeof(double));
        } else {
            streams::fill_nontemporal(stretch.c, stretch.count, 0);
        }
        used(stretch.c);
    });
}

double copy(std::size_t shape, const Stretch& stretch) {
    const auto loop = shape == 0 ? streams::copy : streams::copy_nontemporal;
    return pass_through(stretch, 2, [&] { loop(stretch.c, stretch.a, stretch.count); });
}

double triad(std::size_t shape, const Stretch& stretch) {
    const auto loop = shape == 0 ? streams::triad : streams::triad_nontemporal;
    return pass_through(stretch, 3, [&] { loop(stretch.c, stretch.a, stretch.b, stretch.count); });
}

}  // namespace pacer::probes
