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
    if (problem.settings.data == Data::whole) return 0;
    return static_cast<double>(problem.all.size()) * std::numeric_limits<double>::epsilon() *
           problem.truth.magnitudes;
}

}  // namespace

Truth find_truth(const Problem& problem, const Team& world, int threads) {
    const auto n = problem.all.size();
    if (problem.settings.data == Data::whole) {
        const auto sum = static_cast<double>(sum_of_periods(n));
        return {sum, sum};
    }
    const auto values = doubles_in(problem, world, part_of(problem.all, world.size, world.rank));
    ExactSum sum;
    double magnitudes = 0;
#pragma omp parallel num_threads(threads) reduction(+ : magnitudes)
    {
        const Range share = part_of({0, std::ssize(values)}, omp_get_num_threads(), omp_get_thread_num());
        ExactSum of_thread;  // value by value: nothing of what `exact` times
        for (auto i = share.begin; i < share.end; ++i) {
            const double value = values[static_cast<std::size_t>(i)];
            of_thread.add(value);
            magnitudes += std::abs(value);
        }
#pragma omp critical
        sum.merge(of_thread);
    }
    MPI_Allreduce(MPI_IN_PLACE, &magnitudes, 1, MPI_DOUBLE, MPI_SUM, world.comm);
    return {all_reduce_exact(sum, world.comm).round(), magnitudes};
}

Judgement judge(const Problem& problem, Answer& answer, const Team&) {
    Judgement judgement{.check = {.got = answer.total}, .own = answer.own};
    const auto n = problem.all.size();
    if (problem.settings.type == Type::i64) {
        judgement.check.want = Number::of_whole(triangle(n));
    } else if (!doubles_in_memory(problem.settings)) {
        judgement.check.want = Number::of_real(static_cast<double>(sum_of_periods(n)));
    } else {
        judgement.check = {answer.total, Number::of_real(problem.truth.sum), error_bound(problem),
                           answer.rounded_once};
        judgement.observed = {
            {std::string(error_ulp), units_in_last_place(answer.total.real, problem.truth.sum)}};
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
    if (!expected || units_in_last_place(problem.truth.sum, *expected) == 0) return {};
    return fmt::format("the exact sum is {:a}, not {:a} as --expect says", problem.truth.sum, *expected);
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
