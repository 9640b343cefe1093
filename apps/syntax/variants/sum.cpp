// The sum of n values.
#include <functional>
#include <numeric>

#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;

double index_loop(Values values) {
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i) total += values[i];
    return total;
}

double value_loop(Values values) {
    double total = 0;
    for (const double value : values) total += value;
    return total;
}

double accumulate(Values values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

// May add in any order.
double reduce(Values values) {
    return std::reduce(values.begin(), values.end());
}

// May add in any order too, and is compiled for the widest registers.
PACER_CLONES double omp_simd(Values values) {
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < values.size(); ++i) total += values[i];
    return total;
}

PACER_CLONES double lanes(Values values) {
    return sum_array<32>(values.data(), static_cast<std::int64_t>(values.size()));
}

template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("sum");
    const Values values = problem.values;
    Answer answer;
    answer.total = over_parts(problem, [values](std::size_t, std::int64_t calls) {
        double total = 0;
        for (; calls > 0; --calls) total += way(opaque(values));
        return total;
    });
    return answer;
}

constexpr auto ways = std::to_array<Way>({
    {"index_loop", "total += values[i]", run<index_loop>, Uses::core},
    {"value_loop", "for (const double value : values)", run<value_loop>, Uses::core},
    {"accumulate", "std::accumulate, which keeps the order", run<accumulate>, Uses::core},
    {"reduce", "std::reduce, which may change the order", run<reduce>, Uses::core},
    {"omp_simd", "omp simd reduction, which may change the order, in the widest registers", run<omp_simd>,
     Uses::core},
    {"lanes", "32 independent sums in the widest registers", run<lanes>, Uses::core},
});

Number want(const Problem& problem) {
    return Number::of_real(over_parts(problem, [&](std::size_t, std::int64_t calls) {
        return static_cast<double>(calls) * index_loop(problem.values);
    }));
}

Number read(const Problem&, const Answer& answer) {
    return Number::of_real(answer.total);
}

}  // namespace

constinit const Idiom sum = {.name = "sum", .ways = ways, .want = want, .read = read, .traffic = {1, 0}};

}  // namespace pacer::syntax
