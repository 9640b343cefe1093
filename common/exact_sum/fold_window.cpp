#include "common/exact_sum/fold_window.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "common/exact_sum/float_mode.hpp"  // refuses to be compiled for arithmetic that is not IEEE's
#include "common/exact_sum/prefetch.hpp"

namespace pacer {

namespace {

// `width` doubles, or their bits, in a vector register of the compiler's vector extension: loops over lanes
// leave GCC 12 with several arrays of lanes in memory.
template <int width>
struct Vector {
    using Real __attribute__((vector_size(8 * width))) = double;
    using Bits __attribute__((vector_size(8 * width))) = std::uint64_t;
};

// 1.5 * 2^(52 + unit): what rounds to multiples of 2^unit when it is added.
double magic_of(int unit) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(unit + 52 + 1023) << 52 | std::uint64_t{1} << 51);
}

// In values: far enough ahead to hide what the CPU's own prefetchers do not.
constexpr std::int64_t prefetched = 1024;

// Calls step(group) for groups of `size` values, the last one filled up with zeros.
template <std::int64_t size, class Step>
[[gnu::always_inline]] inline void for_groups(const double* values, std::int64_t count, const Step& step) {
    double rest[size] = {};
    const double* group = values;
    const std::int64_t whole = count / size;
    if (count % size != 0) {
        std::memcpy(rest, values + whole * size, static_cast<std::size_t>(count % size) * sizeof(double));
    }
    for (std::int64_t i = 0; i < whole; ++i, group += size) step(group);
    if (count % size != 0) step(rest);
}

// Vectors in flight side by side, so that additions do not wait for each other.
template <int width, int vectors, int folds>
[[gnu::always_inline]] inline WindowSum sum_folds(const double* values, std::int64_t count, int top) {
    using Real = typename Vector<width>::Real;
    using Bits = typename Vector<width>::Bits;
    constexpr std::int64_t group_size = width * vectors;
    Real magic[folds];
    for (int fold = 0; fold < folds; ++fold) {
        magic[fold] = Real{} + magic_of(top - fold * FoldWindow::fold_bits);
    }
    const auto first_magic = (Bits)magic[0];
    Bits sums[folds][vectors] = {}, beyond = {}, lost = {}, lost_before = {};
    for_groups<group_size>(
        values, count, [&](const double* group) __attribute__((always_inline)) {
            Real rest[vectors], moved[vectors];
#pragma GCC unroll 4
            for (int v = 0; v < vectors; ++v) {
                std::memcpy(&rest[v], group + v * width, sizeof rest[v]);
                if (v * width % 8 == 0) prefetch(group + v * width, prefetched);
            }
#pragma GCC unroll 4
            for (int fold = 0; fold < folds; ++fold) {
#pragma GCC unroll 4
                for (int v = 0; v < vectors; ++v) {
                    if (fold == folds - 1 && folds > 2) lost_before |= (Bits)rest[v];
                    moved[v] = rest[v] + magic[fold];
                }
#pragma GCC unroll 4
                for (int v = 0; v < vectors; ++v) {
                    sums[fold][v] += (Bits)moved[v];
                    // A value too large for the window changes the exponent.
                    if (fold == 0) beyond |= (Bits)moved[v] ^ first_magic;
                }
#pragma GCC unroll 4
                for (int v = 0; v < vectors; ++v) rest[v] -= moved[v] - magic[fold];
            }
#pragma GCC unroll 4
            for (int v = 0; v < vectors; ++v) lost |= (Bits)rest[v];
        });

    WindowSum result{};
    const auto steps = static_cast<std::uint64_t>((count + group_size - 1) / group_size);
    for (int fold = 0; fold < folds; ++fold) {
        // Modulo 2^64, within which the sum of the integers lies.
        Bits lanes = {};
        for (int v = 0; v < vectors; ++v) lanes += sums[fold][v];
        const auto magics = (Bits)magic[fold];
        std::uint64_t sum = 0;
        for (int lane = 0; lane < width; ++lane) sum += lanes[lane];
        result.sums[static_cast<std::size_t>(fold)] =
            static_cast<std::int64_t>(sum - steps * static_cast<std::uint64_t>(group_size) * magics[0]);
    }
    std::uint64_t exponent_changes = 0, lost_bits = 0, lost_before_bits = 0;
    for (int lane = 0; lane < width; ++lane) {
        exponent_changes |= beyond[lane] >> 52;
        lost_bits |= lost[lane] << 1;  // the sign of -0 is no loss
        lost_before_bits |= lost_before[lane] << 1;
    }
    result.complete = exponent_changes == 0 && lost_bits == 0;
    result.last_fold_unused = folds > 2 && lost_before_bits == 0;
    return result;
}

template <int width, int vectors>
[[gnu::always_inline]] inline WindowSum sum_any(const double* values, std::int64_t count, FoldWindow window) {
    switch (window.folds) {
        case 2:
            return sum_folds<width, vectors, 2>(values, count, window.top);
        case 3:
            return sum_folds<width, vectors, 3>(values, count, window.top);
        default:
            return sum_folds<width, vectors, 4>(values, count, window.top);
    }
}

constexpr auto first_exponent = std::uint64_t{1} << 53;  // of a double's bits without its sign, as below

template <int width>
[[gnu::always_inline]] inline Exponents exponents_in(const double* values, std::int64_t count) {
    using Bits = typename Vector<width>::Bits;
    Bits highest = {}, lowest = Bits{} - 1, lowest_or_zero = Bits{} - 1;
    for_groups<width>(
        values, count, [&](const double* group) __attribute__((always_inline)) {
            Bits bits;
            std::memcpy(&bits, group, sizeof bits);
            bits += bits;                // the sign goes
            const Bits less = bits - 1;  // a zero becomes the largest
            highest = bits > highest ? bits : highest;
            lowest = less < lowest ? less : lowest;
            lowest_or_zero = bits < lowest_or_zero ? bits : lowest_or_zero;
        });
    std::uint64_t most = 0, least = UINT64_MAX, least_or_zero = UINT64_MAX;
    for (int lane = 0; lane < width; ++lane) {
        most = std::max<std::uint64_t>(most, highest[lane]);
        least = std::min<std::uint64_t>(least, lowest[lane]);
        least_or_zero = std::min<std::uint64_t>(least_or_zero, lowest_or_zero[lane]);
    }
    Exponents exponents;
    if (most == 0) return exponents;
    exponents.highest = std::max(1, static_cast<int>(most >> 53));
    exponents.lowest = std::max(1, static_cast<int>((least + 1) >> 53));
    exponents.any_tiny = least_or_zero < first_exponent;
    return exponents;
}

WindowSum sum_plain(const double* values, std::int64_t count, FoldWindow window) {
    return sum_any<2, 4>(values, count, window);
}
Exponents exponents_plain(const double* values, std::int64_t count) {
    return exponents_in<2>(values, count);
}

#if defined(__x86_64__)
#define PACER_AVX512 "avx512f,avx512dq,avx512vl"
[[gnu::target(PACER_AVX512)]] WindowSum sum_avx512(const double* values, std::int64_t count,
                                                   FoldWindow window) {
    return sum_any<8, 4>(values, count, window);
}
[[gnu::target(PACER_AVX512)]] Exponents exponents_avx512(const double* values, std::int64_t count) {
    return exponents_in<8>(values, count);
}
[[gnu::target("avx2")]] WindowSum sum_avx2(const double* values, std::int64_t count, FoldWindow window) {
    return sum_any<4, 2>(values, count, window);
}
[[gnu::target("avx2")]] Exponents exponents_avx2(const double* values, std::int64_t count) {
    return exponents_in<4>(values, count);
}
#endif

struct Level {
    std::string_view name;
    WindowSum (*sum)(const double*, std::int64_t, FoldWindow);
    Exponents (*exponents)(const double*, std::int64_t);
};

constexpr std::array all_levels = {
#if defined(__x86_64__)
    Level{"avx512", sum_avx512, exponents_avx512},
    Level{"avx2", sum_avx2, exponents_avx2},
#endif
    Level{"plain", sum_plain, exponents_plain},
};

// Index of the best level for this CPU.
std::size_t best_level() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        return 0;
    }
    return __builtin_cpu_supports("avx2") ? 1 : 2;
#else
    return 0;
#endif
}

std::atomic<const Level*>& level() {
    static std::atomic<const Level*> chosen = &all_levels[best_level()];
    return chosen;
}

const Level& current_level() {
    return *level().load(std::memory_order_relaxed);
}

}  // namespace

WindowSum sum_in_window(std::span<const double> values, FoldWindow window) {
    return current_level().sum(values.data(), static_cast<std::int64_t>(values.size()), window);
}

Exponents exponents_of(std::span<const double> values) {
    return current_level().exponents(values.data(), static_cast<std::int64_t>(values.size()));
}

std::vector<std::string_view> vector_levels() {
    std::vector<std::string_view> names;
    for (auto i = best_level(); i < all_levels.size(); ++i) names.push_back(all_levels[i].name);
    return names;
}

void use_vector_level(std::string_view name) {
    const auto named = [&](const Level& candidate) { return candidate.name == name; };
    const auto found = std::find_if(all_levels.begin() + best_level(), all_levels.end(), named);
    if (found == all_levels.end()) throw std::invalid_argument("unknown vector level");
    level() = &*found;
}

}  // namespace pacer
