// Knowing the answer, and judging those of the variants.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "apps/reduce/kernels.hpp"
#include "common/exact_sum/reduce.hpp"

namespace pacer::reduce {

namespace {

// 0 + 1 + ... + (count-1).
constexpr Int128 triangle(Int128 count) {
    return count * (count - 1) / 2;
}

// Whole periods of 0 + 1 + ... + 1023 and a rest.
constexpr Int128 sum_of_periods(Int128 count) {
    return count / period * triangle(period) + triangle(count % period);
}

// How far a sum of so many terms, each addition rounded, may be from the exact one, in whatever order: n - 1
// additions, none of them of more than sum |x| (1 + n eps), with a relative error of eps / 2 each.
double error_bound(const Problem& problem) {
    return static_cast<double>(problem.all.size()) * std::numeric_limits<double>::epsilon() *
           problem.truth.magnitudes;
}

// Any sum of the elements is exact.
bool always_exact(const Settings& settings) {
    return !doubles_in_memory(settings) || settings.data == Data::whole;
}

Truth iota_truth(const Settings& settings) {
    if (settings.type == Type::i64) return {Number::of_whole(triangle(settings.elements))};
    const auto sum = static_cast<double>(sum_of_periods(settings.elements));
    return {Number::of_real(sum), sum};
}

// Values made once more, from their indices and into no memory: the fast way to know the sum of whole
// numbers.
Truth truth_of_indices(const Problem& problem, const Team& world, int threads) {
    const bool integers = problem.settings.type == Type::i64;
    const auto mine = part_of(problem.all, world.size, world.rank);
    Int128 sum = 0;
#pragma omp parallel num_threads(threads)
    {
        const Range share = part_of(mine, omp_get_num_threads(), omp_get_thread_num());
        const Int128 of_thread = integers ? sum_of_integers(share) : sum_of_whole(share);
#pragma omp critical
        sum += of_thread;
    }
    auto all = add_over_ranks(Number::of_whole(sum), world);
    MPI_Bcast(&all, sizeof all, MPI_BYTE, 0, world.comm);
    if (integers) return {all};
    return {Number::of_real(all.as_double()), all.as_double()};
}

// Values in memory added one by one: nothing of what `exact` times.
Truth truth_of_memory(const Problem& problem, const Team& world, int threads) {
    const auto values = doubles_in(problem, world, part_of(problem.all, world.size, world.rank));
    ExactSum sum;
    double magnitudes = 0;
#pragma omp parallel num_threads(threads) reduction(+ : magnitudes)
    {
        const Range share = part_of({0, std::ssize(values)}, omp_get_num_threads(), omp_get_thread_num());
        ExactSum of_thread;
        for (auto i = share.begin; i < share.end; ++i) {
            const double value = values[static_cast<std::size_t>(i)];
            of_thread.add(value);
            magnitudes += std::abs(value);
        }
#pragma omp critical
        sum.merge(of_thread);
    }
    MPI_Allreduce(MPI_IN_PLACE, &magnitudes, 1, MPI_DOUBLE, MPI_SUM, world.comm);
    return {Number::of_real(all_reduce_exact(sum, world.comm).round()), magnitudes};
}

}  // namespace

Truth find_truth(const Problem& problem, const Team& world, int threads) {
    const auto& settings = problem.settings;
    if (settings.source == Source::iota) return iota_truth(settings);
    return always_exact(settings) ? truth_of_indices(problem, world, threads)
                                  : truth_of_memory(problem, world, threads);
}

Judgement judge(const Problem& problem, const ReduceVariant& variant, Answer& answer, const Team&) {
    const auto& truth = problem.truth;
    const double tolerance = always_exact(problem.settings) ? 0 : error_bound(problem);
    Judgement judgement{.check = {answer.total, truth.sum, tolerance, variant.argument == rounded_once},
                        .own = answer.own};
    if (doubles_in_memory(problem.settings)) {
        judgement.observed = {
            {std::string(error_ulp), units_in_last_place(answer.total.real, truth.sum.real)}};
    }
    return judgement;
}

double parse_hexadecimal(const std::string& word) {
    const bool negative = word.starts_with('-');
    const char *const begin = word.data() + (negative ? 1 : 0), *const end = word.data() + word.size();
    double value = 0;
    const bool marked = end - begin > 2 && begin[0] == '0' && begin[1] == 'x' && begin[2] != '-';
    const auto read = marked ? std::from_chars(begin + 2, end, value, std::chars_format::hex)
                             : std::from_chars_result{begin, std::errc::invalid_argument};
    // More digits behind the point would be rounded away: not the bits that were meant.
    const auto point = word.find('.'), exponent = word.find('p');
    const bool too_long = point != word.npos && std::min(exponent, word.size()) - point > 14;
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value) || too_long) {
        throw UsageError(
            fmt::format("--expect '{}' is not a double in hexadecimal, as in 0x1.8p+3 for 12", word));
    }
    return negative ? -value : value;
}

std::string unexpected_sum(const Problem& problem) {
    const auto& expected = problem.settings.expected;
    if (!expected || units_in_last_place(problem.truth.sum.real, *expected) == 0) return {};
    return fmt::format("the exact sum is {:a}, not {:a} as --expect says", problem.truth.sum.real, *expected);
}

double units_in_last_place(double got, double want) {
    if (std::bit_cast<std::uint64_t>(got) == std::bit_cast<std::uint64_t>(want)) return 0;
    const double magnitude = std::abs(want);
    const double unit = magnitude == std::numeric_limits<double>::max()
                            ? 0x1p971
                            : std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
    constexpr double least = 0.5;  // below a power of 2, and for zeros of the wrong sign
    if (std::isnan(got) || std::isnan(want)) return std::numeric_limits<double>::infinity();
    return std::max(std::abs(got - want) / unit, least);
}

}  // namespace pacer::reduce
