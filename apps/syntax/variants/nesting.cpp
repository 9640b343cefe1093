// The sum of the values that meet three conditions.
#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;
constexpr double low = 256, high = 768;

bool is_even(double value) {
    return static_cast<int>(value) % 2 == 0;
}

double nested(Values values) {
    double total = 0;
    for (const double value : values) {
        if (value > low) {
            if (value < high) {
                if (is_even(value)) {
                    total += value;
                }
            }
        }
    }
    return total;
}

double with_continue(Values values) {
    double total = 0;
    for (const double value : values) {
        if (value <= low) continue;
        if (value >= high) continue;
        if (!is_even(value)) continue;
        total += value;
    }
    return total;
}

double all_conditions(Values values) {
    double total = 0;
    for (const double value : values) {
        if (value > low && value < high && is_even(value)) total += value;
    }
    return total;
}

template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("sum what meets the conditions");
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
    {"nested", "an if in an if in an if", run<nested>, Uses::core},
    {"continue", "continue where a condition is not met", run<with_continue>, Uses::core},
    {"all_conditions", "one if, with &&", run<all_conditions>, Uses::core},
});

Number want(const Problem& problem) {
    return Number::of_real(over_parts(problem, [&](std::size_t, std::int64_t calls) {
        std::int64_t total = 0;
        for (const double value : problem.values) {
            const auto whole = static_cast<std::int64_t>(value);
            if (256 < whole && whole < 768 && whole % 2 == 0) total += whole;
        }
        return static_cast<double>(total * calls);
    }));
}

Number read(const Problem&, const Answer& answer) {
    return Number::of_real(answer.total);
}

}  // namespace

constinit const Idiom nesting = {
    .name = "nesting", .ways = ways, .want = want, .read = read, .traffic = {1, 0}};

}  // namespace pacer::syntax
