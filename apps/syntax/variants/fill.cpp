// Filling a vector with n values that lie elsewhere, in a new vector each time.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/base/units.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using Values = std::span<const double>;

std::vector<double> push_back(Values from) {
    std::vector<double> to;
    for (std::size_t i = 0; i < from.size(); ++i) to.push_back(from[i]);
    return to;
}

std::vector<double> range_for(Values from) {
    std::vector<double> to;
    for (const double value : from) to.push_back(value);
    return to;
}

std::vector<double> reserve(Values from) {
    std::vector<double> to;
    to.reserve(from.size());
    for (const double value : from) to.push_back(value);
    return to;
}

std::vector<double> in_place(Values from) {
    std::vector<double> to(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
    return to;
}

std::vector<double> constructor(Values from) {
    return {from.begin(), from.end()};
}

std::vector<double> copy(Values from) {
    std::vector<double> to(from.size());
    std::copy(from.begin(), from.end(), to.begin());
    return to;
}

std::vector<double> memcpy(Values from) {
    std::vector<double> to(from.size());
    if (!from.empty()) std::memcpy(to.data(), from.data(), from.size_bytes());
    return to;
}

// What np.append does: a new vector, one longer, for each element.
std::vector<double> reallocate(Values from) {
    std::vector<double> to;
    for (const double value : from) {
        std::vector<double> longer(to.size() + 1);
        std::copy(to.begin(), to.end(), longer.begin());
        longer.back() = value;
        to = std::move(longer);
    }
    return to;
}

template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("fill");
    const Values from = problem.values;
    std::vector<double> to;
    Answer answer;
    answer.seen = over_parts(problem, [from, &to](std::size_t place, std::int64_t calls) {
        for (; calls > 0; --calls) {
            to = way(opaque(from));
            used(to.data());
        }
        return place < to.size() ? to[place] : 0;
    });
    answer.values = std::move(to);
    return answer;
}

constexpr auto ways = std::to_array<Way>({
    {"push_back", "push_back(from[i]), i from 0 to n-1", run<push_back>, Uses::core},
    {"range_for", "push_back(value) for each value", run<range_for>, Uses::core},
    {"reserve", "the same, after reserve(n)", run<reserve>, Uses::core},
    {"in_place", "a vector of n zeros, then to[i] = from[i]", run<in_place>, Uses::core},
    {"constructor", "vector(from.begin(), from.end())", run<constructor>, Uses::core},
    {"copy", "a vector of n zeros, then std::copy", run<copy>, Uses::core},
    {"memcpy", "a vector of n zeros, then std::memcpy", run<memcpy>, Uses::core},
    {"reallocate", "a new vector, one longer, for each value, as np.append does", run<reallocate>,
     Uses::core},
});

Number want(const Problem& problem) {
    return Number::of_whole(weighted(problem.values));
}

Number read(const Problem&, const Answer& answer) {
    return Number::of_whole(weighted(answer.values));
}

double seen(const Problem& problem) {
    return over_parts(problem, [&](std::size_t place, std::int64_t) {
        return problem.elements > 0 ? problem.values[place] : 0;
    });
}

std::string obstacle(const Problem& problem, const Way& way) {
    const auto n = static_cast<double>(problem.elements);
    if (way.run != run<reallocate> || problem.elements <= largest_reallocated) return {};
    return fmt::format("copies n(n-1)/2 elements, {} a call; it is run up to {} elements",
                       format_bytes(8 * n * (n - 1) / 2), largest_reallocated);
}

}  // namespace

constinit const Idiom fill = {.name = "fill",
                              .ways = ways,
                              .want = want,
                              .read = read,
                              .seen = seen,
                              .traffic = {1, 1},
                              .obstacle = obstacle};

}  // namespace pacer::syntax
