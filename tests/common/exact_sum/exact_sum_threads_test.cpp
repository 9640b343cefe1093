// Exact sums by threads: whatever the schedule, the number of threads, the order in which they merge, and the
// floating-point mode of each.
#include <gtest/gtest.h>
#include <omp.h>

#include <bit>
#include <cfenv>
#include <vector>

#include "apps/reduce/data.hpp"
#include "common/exact_sum/exact_sum.hpp"

namespace pacer {
namespace {

constexpr std::int64_t count = 100'003;

std::vector<double> values_of(reduce::Data data) {
    std::vector<double> values(count);
    reduce::make_data(data, {0, count}, count, values.data());
    return values;
}

std::uint64_t bits_of(double value) {
    return std::bit_cast<std::uint64_t>(value);
}

// In pieces of so many values, which the threads take as OpenMP's schedule in force says. Each first calls
// `prepare` in its own thread.
template <class Prepare>
double sum_by_threads(std::span<const double> values, std::int64_t piece, int threads,
                      const Prepare& prepare) {
    ExactSum sum;
#pragma omp parallel num_threads(threads)
    {
        prepare();
        ExactAccumulator mine;
#pragma omp for schedule(runtime) nowait
        for (std::int64_t begin = 0; begin < count; begin += piece) {
            mine.add(values.subspan(static_cast<std::size_t>(begin),
                                    static_cast<std::size_t>(std::min(piece, count - begin))));
        }
#pragma omp critical
        sum.merge(mine.sum());
    }
    return sum.round();
}

class ExactSumOfThreads : public testing::TestWithParam<reduce::Data> {
  protected:
    const std::vector<double> values = values_of(GetParam());
    const double sum = [&] {
        ExactSum oracle;
        for (const double value : values) oracle.add(value);
        return oracle.round();
    }();
};

TEST_P(ExactSumOfThreads, DoesNotDependOnTheSchedule) {
    for (const auto schedule : {omp_sched_static, omp_sched_dynamic, omp_sched_guided}) {
        for (const int threads : {1, 2, 3, 4}) {
            for (const std::int64_t piece : {77, 4096, 50'000}) {
                omp_set_schedule(schedule, 1);
                EXPECT_EQ(bits_of(sum_by_threads(values, piece, threads, [] {})), bits_of(sum));
            }
        }
    }
}

// Each thread has a mode of its own, which new ones take from whoever starts them.
TEST_P(ExactSumOfThreads, DoesNotDependOnTheirModes) {
    omp_set_schedule(omp_sched_dynamic, 1);
    const auto upward_and_flushing = [] {
        std::fesetround(FE_UPWARD);
#if defined(__SSE2__)
        __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
    };
    EXPECT_EQ(bits_of(sum_by_threads(values, 1000, 3, upward_and_flushing)), bits_of(sum));
#pragma omp parallel num_threads(3)
    std::fesetenv(FE_DFL_ENV);
}

INSTANTIATE_TEST_SUITE_P(OfData, ExactSumOfThreads,
                         testing::Values(reduce::Data::uniform, reduce::Data::both_signs, reduce::Data::wide,
                                         reduce::Data::cancelling),
                         [](const auto& one) { return std::string(name_of(one.param)); });

}  // namespace
}  // namespace pacer
