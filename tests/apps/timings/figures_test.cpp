// What a machine can do: which cases a figure is read off.
#include "apps/timings/figures.hpp"

#include <gtest/gtest.h>

#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::launch_of, examples::timed;

Record region(std::int64_t threads, double seconds) {
    auto record = timed("openmp_region", seconds);
    record.app = "overhead";
    record.threads = static_cast<int>(threads);
    record.parameters = {{"kind", std::string("workers")}, {"workers", threads}};
    return record;
}

TEST(Figures, ARegionIsOfAllCores) {
    const std::vector<Launch> launches = {
        launch_of("a", {region(1, 1e-8), region(2, 1e-6), region(4, 2e-6)})};
    const auto figures = figures_of(cases_of(launches));
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures.front().source, "overhead/openmp_region 1 x 4");
    EXPECT_EQ(figures.front().value, "2.000 us");
}

TEST(Figures, ARegionOfOneThreadIsNone) {
    const std::vector<Launch> launches = {launch_of("a", {region(1, 1e-8)})};
    EXPECT_TRUE(figures_of(cases_of(launches)).empty());
}

}  // namespace
}  // namespace pacer::timings
