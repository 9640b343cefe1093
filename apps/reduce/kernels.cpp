#include "apps/reduce/kernels.hpp"

#include <algorithm>
#include <array>

#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"

namespace pacer::reduce {

namespace {

constexpr std::int64_t memory_lanes = 32;

// The elements begin .. begin + steps * lanes - 1 of i64. Clones cannot be templates.
PACER_CLONES std::uint64_t sum_iota_16(std::int64_t begin, std::int64_t steps) {
    return sum_progressions<16>(static_cast<std::uint64_t>(begin), std::uint64_t{16}, steps);
}
PACER_CLONES std::uint64_t sum_iota_64(std::int64_t begin, std::int64_t steps) {
    return sum_progressions<64>(static_cast<std::uint64_t>(begin), std::uint64_t{64}, steps);
}

// The elements 0 .. 1023 of f64, `periods` times.
PACER_CLONES double sum_periods_16(std::int64_t periods) {
    return sum_progressions<16>(0.0, 16.0, period / 16, periods);
}
PACER_CLONES double sum_periods_64(std::int64_t periods) {
    return sum_progressions<64>(0.0, 64.0, period / 64, periods);
}

PACER_CLONES std::uint64_t sum_memory(const std::uint64_t* values, std::int64_t count) {
    return sum_array<memory_lanes>(values, count);
}
PACER_CLONES double sum_memory(const double* values, std::int64_t count) {
    return sum_array<memory_lanes>(values, count);
}

PACER_CLONES void make_iota(Range range, std::uint64_t* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = static_cast<std::uint64_t>(i);
}
PACER_CLONES void make_iota(Range range, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = static_cast<double>(i % period);
}

Number sum_iota_int64(Range range) {
    const bool wide = wide_registers();
    const std::int64_t lanes = wide ? 64 : 16, most = safe_count(range.end);
    Int128 total = 0;
    for (std::int64_t begin = range.begin; begin < range.end;) {
        const auto end = begin + std::min(range.end - begin, most), steps = (end - begin) / lanes;
        total += wide ? sum_iota_64(begin, steps) : sum_iota_16(begin, steps);
        for (std::int64_t i = begin + steps * lanes; i < end; ++i) total += i;
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
    const double whole_periods = wide_registers() ? sum_periods_64(periods) : sum_periods_16(periods);
    return Number::of_real(single(range.begin, first_period) + whole_periods +
                           single(first_period + periods * period, range.end));
}

// The values in memory that this team works on: all of them for a team of one, else this rank's.
const Values& values_of(const Problem& problem, const Team& team) {
    return team.size == 1 ? problem.whole : problem.mine;
}

}  // namespace

Number sum_range(const Problem& problem, const Team& team, Range range) {
    const bool whole_numbers = problem.settings.type == Type::i64;
    if (problem.settings.source == Source::iota) {
        return whole_numbers ? sum_iota_int64(range) : sum_iota_float64(range);
    }
    const auto& values = values_of(problem, team);
    const auto offset = range.begin - values.range.begin;
    return whole_numbers ? sum_values(values.int64.get() + offset, range.size(), integer_bound)
                         : sum_values(values.float64.get() + offset, range.size());
}

std::span<const double> doubles_in(const Problem& problem, const Team& team, Range range) {
    const auto& values = values_of(problem, team);
    return {values.float64.get() + (range.begin - values.range.begin),
            static_cast<std::size_t>(range.size())};
}

void make_values(const Settings& settings, Range range, std::uint64_t* buffer) {
    settings.source == Source::iota ? make_iota(range, buffer) : make_integers(range, buffer);
}
void make_values(const Settings& settings, Range range, double* buffer) {
    settings.source == Source::iota ? make_iota(range, buffer)
                                    : make_data(settings.data, range, settings.elements, buffer);
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
