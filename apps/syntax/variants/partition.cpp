// A condition that decides where a value goes: what is below 512 to one place, all else to another. Here the
// compiler cannot do both and choose, as it can where the condition only decides on a value.
#include <algorithm>

#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;
constexpr double bound = 512;

// Each returns how many values went to `below`. Both places have room for all values.

std::int64_t branches(Values values, double* below, double* above) {
    const double* const first = below;
    for (const double value : values) {
        if (value < bound) {
            *below++ = value;
        } else {
            *above++ = value;
        }
    }
    return below - first;
}

std::int64_t partition_copy(Values values, double* below, double* above) {
    const auto is_below = [](double value) { return value < bound; };
    return std::partition_copy(values.begin(), values.end(), below, above, is_below).first - below;
}

std::int64_t chosen_place(Values values, double* below, double* above) {
    const double* const first = below;
    for (const double value : values) *(value < bound ? below++ : above++) = value;
    return below - first;
}

// Writes to both places and keeps what belongs there.
std::int64_t branchless(Values values, double* below, double* above) {
    const double* const first = below;
    for (const double value : values) {
        *below = value;
        *above = value;
        below += value < bound ? 1 : 0;
        above += value < bound ? 0 : 1;
    }
    return below - first;
}

template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("partition");
    const Values values = problem.values;
    Answer answer;
    answer.output = output_for(2 * problem.elements);
    double *const below = answer.output.get(), *const above = below + problem.elements;
    std::int64_t count = 0;
    answer.seen = over_parts(problem, [=, &count](std::size_t, std::int64_t calls) {
        std::int64_t last = 0;
        for (; calls > 0; --calls) {
            last = way(opaque(values), opaque(below), opaque(above));
            used(below);
        }
        count = last;
        return static_cast<double>(last);
    });
    answer.count = count;
    return answer;
}

constexpr auto ways = std::to_array<Way>({
    {"branches", "if (value < bound) *below++ = value; else *above++ = value;", run<branches>, Uses::core},
    {"partition_copy", "std::partition_copy", run<partition_copy>, Uses::core},
    {"chosen_place", "*(value < bound ? below++ : above++) = value", run<chosen_place>, Uses::core},
    {"branchless", "both places are written, one is kept", run<branchless>, Uses::core},
});

// Both parts keep the order of the values.
Number want(const Problem& problem) {
    auto parted = problem.values;
    std::stable_partition(parted.begin(), parted.end(), [](double value) { return value < bound; });
    return Number::of_whole(weighted(parted));
}

double seen(const Problem& problem) {
    return over_parts(problem, [&](std::size_t, std::int64_t) {
        return static_cast<double>(std::count_if(problem.values.begin(), problem.values.end(),
                                                 [](double value) { return value < bound; }));
    });
}

Number read(const Problem& problem, const Answer& answer) {
    const auto below = static_cast<std::size_t>(answer.count);
    const auto all = static_cast<std::size_t>(problem.elements);
    const auto* const output = answer.output.get();
    return Number::of_whole(weighted({output, below}) +
                            weighted({output + all, all - below}, answer.count + 1));
}

}  // namespace

constinit const Idiom partition = {.name = "partition",
                                   .ways = ways,
                                   .want = want,
                                   .read = read,
                                   .seen = seen,
                                   .traffic = {1, 1},
                                   .places = 2,
                                   .by_order = true};

}  // namespace pacer::syntax
