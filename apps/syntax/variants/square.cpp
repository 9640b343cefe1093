// The squares of n values.
#include <cmath>

#include "apps/syntax/elementwise.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;

void pow_whole(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::pow(x[i], 2);
}

void pow_real(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::pow(x[i], 2.0);
}

void multiply(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
}

// x to the power of n by repeated squaring: right for any n, and a multiplication where n is known to be 2.
constexpr double power(double x, unsigned n) {
    double result = 1;
    for (; n > 0; n /= 2, x *= x) {
        if (n % 2 == 1) result *= x;
    }
    return result;
}

void small_power(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = power(x[i], 2);
}

void pow_unknown(Values x, double* y) {
    const auto exponent = static_cast<double>(opaque(2));
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::pow(x[i], exponent);
}

void power_unknown(Values x, double* y) {
    const auto exponent = opaque(2U);
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = power(x[i], exponent);
}

constexpr auto ways = std::to_array<Way>({
    {"pow_whole", "std::pow(x, 2)", run_elementwise<pow_whole>, Uses::core},
    {"pow_real", "std::pow(x, 2.0)", run_elementwise<pow_real>, Uses::core},
    {"multiply", "x * x", run_elementwise<multiply>, Uses::core},
    {"small_power", "a small function of ours: power(x, 2)", run_elementwise<small_power>, Uses::core},
    {"pow_unknown", "std::pow(x, y), with a y that is 2 but the compiler does not know",
     run_elementwise<pow_unknown>, Uses::core},
    {"power_unknown", "power(x, n), with an n that is 2 but the compiler does not know",
     run_elementwise<power_unknown>, Uses::core},
});

double squared(double value) {
    return value * value;
}

Number want(const Problem& problem) {
    auto squares = problem.values;
    for (auto& value : squares) value = squared(value);
    return Number::of_whole(weighted(squares));
}

}  // namespace

constinit const Idiom square = {.name = "square",
                                .ways = ways,
                                .want = want,
                                .read = read_elementwise,
                                .seen = seen_elementwise<squared>,
                                .traffic = {1, 1},
                                .places = 1};

}  // namespace pacer::syntax
