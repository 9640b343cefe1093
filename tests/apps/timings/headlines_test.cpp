// What a machine can do: which launches a headline is read off, and what is shown of dumps that hold none.
#include "apps/timings/headlines.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::launch_of, examples::timed;

Record region(std::int64_t threads, double seconds) {
    auto record = timed("openmp_region", seconds, "overhead");
    record.threads = static_cast<int>(threads);
    record.parameters = {{"kind", std::string("workers")}, {"workers", threads}};
    return record;
}

// A launch that declares the seconds of its only case.
Launch declared(const std::string& id, int threads, double seconds) {
    auto launch = launch_of(id, {region(threads, seconds)});
    launch.headlines = {{0, "region", "a region", "s", seconds}};
    return launch;
}

TEST(Headlines, WithoutAnyTheAppsOfFormat1AreKnown) {
    const auto figures = figures_of({launch_of("a", {region(1, 1e-8), region(2, 1e-6), region(4, 2e-6)})});
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().source, "overhead/openmp_region 1 x 4");
    EXPECT_EQ(figures.front().value, 2e-6);
    EXPECT_TRUE(figures_of({launch_of("a", {region(1, 1e-8)})}).empty());
    EXPECT_TRUE(figures_of({launch_of("a", {timed("openmp_region", 1, "another")})}).empty());
}

// A launch of an older memory that reads so many doubles in 1 ms.
Launch memory_launch(const std::string& id, std::int64_t elements, std::optional<std::int64_t> last_cache) {
    auto record = timed("read", 1e-3, "memory");
    record.parameters = {{"experiment", std::string("read")}, {"elements", elements}};
    record.work = {elements, 8 * elements};
    auto launch = launch_of(id, {record});
    launch.environment.emplace_back("l1d_bytes", std::int64_t{32 << 10});
    if (last_cache) launch.environment.emplace_back("l3_bytes", *last_cache);
    return launch;
}

TEST(Headlines, OfMemoryAreNotThoseOfACache) {
    EXPECT_TRUE(figures_of({memory_launch("a", 1 << 20, 16 << 20)}).empty());
    EXPECT_EQ(figures_of({memory_launch("a", 2 << 20, 16 << 20)}).size(), 1U);
    EXPECT_EQ(figures_of({memory_launch("a", 4096, {})}).size(), 1U);
    EXPECT_TRUE(figures_of({memory_launch("a", 4095, {})}).empty());
}

TEST(Headlines, OfSeveralLaunchesAreMedians) {
    const auto figures = figures_of({declared("a", 2, 3), declared("b", 2, 1), declared("c", 2, 5)});
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().label, "a region");
    EXPECT_EQ(figures.front().value, 3);
    EXPECT_EQ(figures.front().launches, 3U);
    EXPECT_NE(table_of(figures).text().find("3.000 s  a region  overhead/openmp_region 1 x 2         3\n"),
              std::string::npos)
        << table_of(figures).text();
}

TEST(Headlines, OfTimesThoseOnMostCoresCount) {
    const auto figures = figures_of({declared("a", 2, 3), declared("b", 4, 7), declared("c", 4, 9)});
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().value, 8);
    EXPECT_EQ(figures.front().launches, 2U);
}

TEST(Headlines, OfRatesTheBestProblemCounts) {
    std::vector<Launch> launches = {declared("a", 2, 1), declared("b", 1, 1), declared("c", 1, 1)};
    const double rates[] = {5e9, 7e9, 8e9};
    for (std::size_t i = 0; i < launches.size(); ++i)
        launches[i].headlines = {{0, "read", "memory read", "B/s", rates[i]}};
    const auto figures = figures_of(launches);
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().value, 7.5e9);
}

TEST(Headlines, OfALaunchHaveNoCase) {
    auto launch = launch_of("a", {timed("serial", 1)});
    launch.headlines = {{-1, "records", "records a second", "records/s", 2e6}};
    const auto figures = figures_of({launch});
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().source, "reduce");
    EXPECT_NE(table_of(figures).text().find("2.00 Mrecords/s"), std::string::npos);
}

}  // namespace
}  // namespace pacer::timings
