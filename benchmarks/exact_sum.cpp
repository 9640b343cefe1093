// What an exact sum costs beside a plain one: in cache, where memory hides nothing, and of few values, where
// the setting up and the rounding show.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "apps/reduce/data.hpp"
#include "common/clones.hpp"
#include "common/exact_sum/exact_sum.hpp"
#include "common/lanes.hpp"
#include "common/team.hpp"
#include "common/timing.hpp"

namespace {

using namespace pacer;
using reduce::Data;

PACER_CLONES double plain_sum(const double* values, std::int64_t count) {
    return sum_array<32>(values, count);
}

// Seconds of one call, of many that take about 20 microseconds.
template <class Sum>
double seconds_of(const Sum& sum, std::int64_t count) {
    const auto calls = std::max<std::int64_t>(1, 20'000 / (count + 100));
    const double start = now_seconds();
    for (std::int64_t i = 0; i < calls; ++i) {
        [[maybe_unused]] volatile double wanted = sum();
    }
    return (now_seconds() - start) / static_cast<double>(calls);
}

void measure(Data data, std::int64_t count) {
    constexpr int rounds = 1001;
    std::vector<double> values(static_cast<std::size_t>(count)), plain, exact, ratio;
    reduce::make_data(data, {0, count}, count, values.data());
    for (int round = 0; round < rounds; ++round) {
        plain.push_back(seconds_of([&] { return plain_sum(values.data(), count); }, count));
        exact.push_back(seconds_of([&] { return exact_sum(values); }, count));
        ratio.push_back(exact.back() / plain.back());
    }
    fmt::print("{:<11} {:>7}  plain {:>8.1f} ns  exact {:>8.1f} ns  {:>5.2f}x\n", name_of(data), count,
               1e9 * median(plain), 1e9 * median(exact), median(ratio));
}

}  // namespace

int main(int argc, char** argv) {
    return launch("exact_sum", argc, argv, [](const Team& world) {
        if (!world.root()) return ExitStatus::right;
        for (const auto data : {Data::uniform, Data::cancelling, Data::wide}) {
            for (const std::int64_t count : {1, 100, 1000, 10'000, 100'000}) measure(data, count);
        }
        return ExitStatus::right;
    });
}
