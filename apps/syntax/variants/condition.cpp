// One of two values by a condition: what is above 512 is cut to 512.
#include <algorithm>

#include "apps/syntax/elementwise.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;
constexpr double most = 512;

void if_else(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] < most) {
            y[i] = x[i];
        } else {
            y[i] = most;
        }
    }
}

void ternary(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] < most ? x[i] : most;
}

void minimum(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::min(x[i], most);
}

void arithmetic(Values x, double* y) {
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = (x[i] < most) * x[i] + (x[i] >= most) * most;
}

constexpr auto ways = std::to_array<Way>({
    {"if_else", "if (x < most) y = x; else y = most;", run_elementwise<if_else>, Uses::core},
    {"ternary", "y = x < most ? x : most", run_elementwise<ternary>, Uses::core},
    {"minimum", "y = std::min(x, most)", run_elementwise<minimum>, Uses::core},
    {"arithmetic", "y = (x < most) * x + (x >= most) * most", run_elementwise<arithmetic>, Uses::core},
});

double cut_off(double value) {
    return value > most ? most : value;
}

Number want(const Problem& problem) {
    auto cut = problem.values;
    for (auto& value : cut) value = cut_off(value);
    return Number::of_whole(weighted(cut));
}

}  // namespace

constinit const Idiom condition = {.name = "condition",
                                   .ways = ways,
                                   .want = want,
                                   .read = read_elementwise,
                                   .seen = seen_elementwise<cut_off>,
                                   .traffic = {1, 1},
                                   .places = 1,
                                   .by_order = true};

}  // namespace pacer::syntax
