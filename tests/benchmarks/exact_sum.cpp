// What an exact sum costs beside a plain one: of few values, where the setting up and the rounding show; in
// cache, where memory hides nothing; and from memory, by one thread and by all. The two take turns.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "apps/reduce/data.hpp"
#include "common/base/clock.hpp"
#include "common/base/units.hpp"
#include "common/exact_sum/exact_sum.hpp"
#include "common/launch/launch.hpp"
#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/statistics.hpp"
#include "common/parallel/partition.hpp"
#include "common/parallel/team.hpp"

namespace {

using namespace pacer;
using reduce::Data;

PACER_CLONES double plain_sum(const double* values, std::int64_t count) {
    return sum_array<32>(values, count);
}

double plain(std::span<const double> values) {
    return plain_sum(values.data(), std::ssize(values));
}

using Sum = double (*)(std::span<const double>);

// Seconds of a call in which each thread sums its share.
double seconds_of(Sum sum, std::span<const double> values, int threads, std::int64_t calls) {
    const double start = now_seconds();
    for (std::int64_t i = 0; i < calls; ++i) {
        if (threads == 1) {
            [[maybe_unused]] volatile double wanted = sum(opaque(values));
            continue;
        }
#pragma omp parallel num_threads(threads)
        {
            const auto share = part_of({0, std::ssize(values)}, threads, omp_get_thread_num());
            [[maybe_unused]] volatile double wanted = sum(opaque(values).subspan(
                static_cast<std::size_t>(share.begin), static_cast<std::size_t>(share.size())));
        }
    }
    return (now_seconds() - start) / static_cast<double>(calls);
}

void measure(std::string_view name, std::span<const double> values, int threads, int rounds) {
    // Short ones many at a time: about 20 microseconds.
    const auto calls = std::max<std::int64_t>(1, 20'000 / (std::ssize(values) + 100));
    std::vector<double> plainly, exactly, ratio;
    for (int round = 0; round < rounds; ++round) {
        plainly.push_back(seconds_of(plain, values, threads, calls));
        exactly.push_back(seconds_of(exact_sum, values, threads, calls));
        ratio.push_back(exactly.back() / plainly.back());
    }
    fmt::print("{:<12} {:>9} doubles  {} thread{}  plain {:>9}  exact {:>9}  {:>5.2f}x\n", name,
               values.size(), threads, threads == 1 ? " " : "s", format_seconds(median(plainly)),
               format_seconds(median(exactly)), median(ratio));
}

// What is summed.
struct Kind {
    std::string_view name;
    Data data;
    int binades = 0;  // the exponents of wide data, folded into so many
    // One tiny value among so many. All others of its block fit a window, but not with it.
    int lone_every = 0;

    // The elements of `share` of `count`.
    void make(Range share, std::int64_t count, double* values) const {
        reduce::make_data(data, share, count, values);
        for (std::int64_t i = 0; i < share.size(); ++i) {
            const auto bits = std::bit_cast<std::uint64_t>(values[i]);
            auto field = bits >> 52 & 0x7ff;
            if (binades > 0) field = 1000 + field % static_cast<std::uint64_t>(binades);
            if (lone_every > 0 && i % lone_every == 0) field = 500;
            values[i] = std::bit_cast<double>((bits & ~(std::uint64_t{0x7ff} << 52)) | field << 52);
        }
    }
};

constexpr Kind kinds[] = {
    {"uniform", Data::uniform},     {"signed", Data::both_signs},          {"cancelling", Data::cancelling},
    {"46 binades", Data::wide, 46}, {"97 binades", Data::wide, 97},        {"148 binades", Data::wide, 148},
    {"600 binades", Data::wide},    {"1, lone tiny", Data::wide, 1, 1000},
};

void measure_in_cache() {
    for (const auto& kind : kinds) {
        for (const std::int64_t count : {1, 100, 1000, 10'000, 100'000}) {
            std::vector<double> values(static_cast<std::size_t>(count));
            kind.make({0, count}, count, values.data());
            measure(kind.name, values, 1, 1001);
        }
    }
}

void measure_from_memory(int threads) {
    constexpr std::int64_t count = std::int64_t{1} << 27;
    const auto buffer = make_buffer<double>(count);
    for (const auto& kind : kinds) {
#pragma omp parallel num_threads(threads)
        {
            const auto share = part_of({0, count}, threads, omp_get_thread_num());
            kind.make(share, count, buffer.get() + share.begin);
        }
        measure(kind.name, {buffer.get(), static_cast<std::size_t>(count)}, threads, 25);
    }
}

}  // namespace

int main(int argc, char** argv) {
    return launch("exact_sum", argc, argv, [](const Team& world) {
        if (!world.root()) return ExitStatus::right;
        measure_in_cache();
        measure_from_memory(1);
        const int threads = omp_get_max_threads();
        if (threads > 1) measure_from_memory(threads);
        return ExitStatus::right;
    });
}
