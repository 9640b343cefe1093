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

Truth iota_truth(Type type, std::int64_t elements) {
    if (type == Type::i64) return {Number::of_whole(triangle(elements)), 0, {}};
    const auto sum = static_cast<double>(sum_of_periods(elements));
    return {Number::of_real(sum), sum, {}};
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
    if (integers) return {all, 0, {}};
    return {Number::of_real(all.as_double()), all.as_double(), {}};
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
    const auto all = all_reduce_exact(sum, world.comm);
    return {Number::of_real(all.round()), magnitudes, all};
}

// Element `place` as it was made, or as alter() leaves it: so different that no tolerance hides it.
std::uint64_t integer_at(const Problem& problem, std::int64_t place, bool altered) {
    std::uint64_t value = 0;
    make_values(problem.settings, {place, place + 1}, &value);
    return altered ? value ^ 1 : value;
}
double real_at(const Problem& problem, std::int64_t place, bool altered) {
    double value = 0;
    make_values(problem.settings, {place, place + 1}, &value);
    if (!altered) return value;
    return value + (always_exact(problem.settings) ? 1 : 8 * error_bound(problem));
}

template <class T>
void put(T* values, Range range, std::int64_t place, T value) {
    if (values && range.begin <= place && place < range.end) values[place - range.begin] = value;
}

// The truth of the altered elements in memory, from that of the unaltered ones.
Truth altered_truth(const Problem& problem, std::int64_t place) {
    auto truth = problem.truth;
    if (problem.settings.type == Type::i64) {
        truth.sum.whole += static_cast<Int128>(integer_at(problem, place, true)) -
                           static_cast<Int128>(integer_at(problem, place, false));
        return truth;
    }
    const double before = real_at(problem, place, false), after = real_at(problem, place, true);
    if (always_exact(problem.settings)) {
        truth.sum.real += after - before;
    } else {
        truth.exact.add(-before);
        truth.exact.add(after);
        truth.sum.real = truth.exact.round();
    }
    truth.magnitudes += std::abs(after) - std::abs(before);
    return truth;
}

}  // namespace

Truth find_truth(const Problem& problem, const Team& world, int threads) {
    const auto& settings = problem.settings;
    if (settings.source == Source::iota) return iota_truth(settings.type, settings.elements);
    return always_exact(settings) ? truth_of_indices(problem, world, threads)
                                  : truth_of_memory(problem, world, threads);
}

void alter(const Problem& problem, const ReduceVariant&, const Team&) {
    const auto& settings = problem.settings;
    const auto n = settings.elements;
    if (n == 0) return;
    const bool altered = !problem.altered;
    if (settings.source == Source::iota) {
        problem.all.end = altered ? n - 1 : n;
        if (altered) problem.other_truth = iota_truth(settings.type, n - 1);
    } else {
        const auto place = n / 2;
        if (altered) problem.other_truth = altered_truth(problem, place);
        for (const auto* values : {&problem.whole, &problem.mine}) {
            put(values->int64.get(), values->range, place, integer_at(problem, place, altered));
            put(values->float64.get(), values->range, place, real_at(problem, place, altered));
        }
    }
    std::swap(problem.truth, problem.other_truth);
    problem.altered = altered;
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
