#include "apps/reduce/kernels.hpp"

#include <algorithm>
#include <array>

#include "common/clones.hpp"

namespace pacer::reduce {

namespace {

// Independent lanes, so that no addition waits for the one before: 8 registers of AVX-512 or 16 of AVX2. Of
// 16, 32, 64 and 128 lanes, 64 do best with AVX-512 and nearly so with AVX2.
constexpr std::int64_t lanes = 64;
constexpr std::int64_t period = 1024;  // of the f64 elements; a multiple of lanes

template <class T>
T added_up(const T (&lane)[lanes]) {
    T total = 0;
    for (const T value : lane) total += value;
    return total;
}

PACER_CLONES std::uint64_t sum_iota(std::int64_t begin, std::int64_t end) {
    std::uint64_t sum[lanes] = {}, value[lanes];
    for (std::int64_t l = 0; l < lanes; ++l) value[l] = static_cast<std::uint64_t>(begin + l);
    const std::int64_t steps = (end - begin) / lanes;
    for (std::int64_t step = 0; step < steps; ++step) {
#pragma omp simd
        for (std::int64_t l = 0; l < lanes; ++l) {
            sum[l] += value[l];
            value[l] += lanes;
        }
    }
    std::uint64_t total = added_up(sum);
    for (std::int64_t i = begin + steps * lanes; i < end; ++i) total += static_cast<std::uint64_t>(i);
    return total;
}

// The elements 0 .. 1023 of f64, `periods` times.
PACER_CLONES double sum_periods(std::int64_t periods) {
    double sum[lanes] = {}, value[lanes];
    for (std::int64_t i = 0; i < periods; ++i) {
        for (std::int64_t l = 0; l < lanes; ++l) value[l] = static_cast<double>(l);
        for (std::int64_t step = 0; step < period / lanes; ++step) {
#pragma omp simd
            for (std::int64_t l = 0; l < lanes; ++l) {
                sum[l] += value[l];
                value[l] += lanes;
            }
        }
    }
    return added_up(sum);
}

template <class T>
T sum_lanes(const T* values, std::int64_t count) {
    T sum[lanes] = {};
    const std::int64_t whole = count / lanes * lanes;
    for (std::int64_t i = 0; i < whole; i += lanes) {
#pragma omp simd
        for (std::int64_t l = 0; l < lanes; ++l) sum[l] += values[i + l];
    }
    T total = added_up(sum);
    for (std::int64_t i = whole; i < count; ++i) total += values[i];
    return total;
}

PACER_CLONES std::uint64_t sum_memory(const std::uint64_t* values, std::int64_t count) {
    return sum_lanes(values, count);
}
PACER_CLONES double sum_memory(const double* values, std::int64_t count) {
    return sum_lanes(values, count);
}

PACER_CLONES void fill(std::uint64_t* buffer, std::int64_t first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) buffer[i] = static_cast<std::uint64_t>(first + i);
}

PACER_CLONES void fill(double* buffer, std::int64_t first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) buffer[i] = static_cast<double>((first + i) % period);
}

Number sum_iota_int64(Range range) {
    Int128 total = 0;
    const auto most = safe_count(range.end);
    for (std::int64_t begin = range.begin; begin < range.end;) {
        const auto end = begin + std::min(range.end - begin, most);
        total += sum_iota(begin, end);
        begin = end;
    }
    return Number::of_whole(total);
}

Number sum_iota_float64(Range range) {
    const auto single = [](std::int64_t begin, std::int64_t end) {
        double sum = 0;
        for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(i % period);
        return sum;
    };
    const std::int64_t first_period = std::min((range.begin + period - 1) / period * period, range.end);
    const std::int64_t periods = (range.end - first_period) / period;
    return Number::of_real(single(range.begin, first_period) + sum_periods(periods) +
                           single(first_period + periods * period, range.end));
}

}  // namespace

Number sum_range(const Problem& problem, const Team& team, Range range) {
    const bool whole_numbers = problem.settings.type == Type::i64;
    if (problem.settings.source == Source::iota) {
        return whole_numbers ? sum_iota_int64(range) : sum_iota_float64(range);
    }
    const auto& values = values_of(problem, team);
    const auto offset = range.begin - values.range.begin;
    return whole_numbers ? sum_values(values.int64.get() + offset, range.size(), range.end)
                         : sum_values(values.float64.get() + offset, range.size());
}

void make_values(Range range, std::uint64_t* buffer) {
    fill(buffer, range.begin, range.size());
}
void make_values(Range range, double* buffer) {
    fill(buffer, range.begin, range.size());
}

Number sum_values(const std::uint64_t* values, std::int64_t count, std::int64_t below) {
    Int128 total = 0;
    for (std::int64_t done = 0; done < count;) {
        const auto length = std::min(count - done, safe_count(below));
        total += sum_memory(values + done, length);
        done += length;
    }
    return Number::of_whole(total);
}

Number sum_values(const double* values, std::int64_t count) {
    return Number::of_real(sum_memory(values, count));
}

const Values& values_of(const Problem& problem, const Team& team) {
    return team.size == 1 ? problem.whole : problem.mine;
}

Number add_over_ranks(const Number& mine, const Team& team) {
    if (mine.is_real) {
        double total = 0;
        MPI_Reduce(&mine.real, &total, 1, MPI_DOUBLE, MPI_SUM, 0, team.comm);
        return Number::of_real(total);
    }
    // MPI has no 128-bit integers: four limbs of 32 bits, with room for the carries of 2^32 ranks.
    constexpr std::size_t limbs = 4;
    std::array<std::uint64_t, limbs> part{}, total{};
    for (std::size_t i = 0; i < limbs; ++i) part[i] = static_cast<std::uint32_t>(mine.whole >> (32 * i));
    MPI_Reduce(part.data(), total.data(), limbs, MPI_UINT64_T, MPI_SUM, 0, team.comm);
    Int128 sum = 0;
    for (std::size_t i = 0; i < limbs; ++i) sum += static_cast<Int128>(total[i]) << (32 * i);
    return Number::of_whole(sum);
}

}  // namespace pacer::reduce
