// How much of a launch's cores others took.
#include "common/measure/disturbance.hpp"

#include <gtest/gtest.h>

namespace pacer {
namespace {

// Ten seconds on a host of 64 CPUs, of which others and the hypervisor took that much.
Launch launch_of(int ranks_here, int ranks_elsewhere, int threads, double others, double steal) {
    Launch launch;
    launch.environment = {{"cpu_seconds", 640.0},
                          {"hardware_threads", std::int64_t{64}},
                          {"others_cpu_seconds", others},
                          {"steal_seconds", steal}};
    for (int rank = 0; rank < ranks_here + ranks_elsewhere; ++rank)
        launch.placement.push_back({rank, rank < ranks_here ? "here" : "elsewhere", 1, "0", threads, "0"});
    Record record;
    record.ranks = ranks_here + ranks_elsewhere;
    record.threads = threads;
    launch.records = {Record{}, record};
    return launch;
}

TEST(Disturbance, IsAShareOfTheCoresOfTheLaunch) {
    EXPECT_DOUBLE_EQ(disturbance(launch_of(4, 0, 1, 1, 1)), 0.05);  // 2 of 40 seconds
    EXPECT_FALSE(is_disturbed(launch_of(4, 0, 1, 1, 1)));
    EXPECT_TRUE(is_disturbed(launch_of(4, 0, 1, 1.1, 1)));
    EXPECT_DOUBLE_EQ(disturbance(launch_of(4, 0, 2, 2, 0)), 0.025);
    EXPECT_DOUBLE_EQ(disturbance(launch_of(2, 2, 1, 2, 0)), 0.1);     // those elsewhere are not watched
    EXPECT_DOUBLE_EQ(disturbance(launch_of(128, 0, 1, 64, 0)), 0.1);  // more ranks than CPUs
}

// A host of so many CPUs, of which others took a number of seconds in ten.
HostFacts host_of(const char* name, std::int64_t cpus, double others) {
    return {name,
            {{"cpu_seconds", 10.0 * static_cast<double>(cpus)},
             {"hardware_threads", cpus},
             {"others_cpu_seconds", others}}};
}

TEST(Disturbance, IsThatOfTheHostThatLostMostOfTheLaunchsCores) {
    auto launch = launch_of(4, 2, 1, 64, 0);  // the environment mixes hosts: nothing follows from it
    launch.hosts = {host_of("here", 64, 1), host_of("elsewhere", 8, 1)};
    EXPECT_DOUBLE_EQ(disturbance(launch), 0.05);  // 1 of 20 seconds elsewhere, 1 of 40 here
    launch.hosts.front() = host_of("here", 64, 4);
    EXPECT_DOUBLE_EQ(disturbance(launch), 0.1);
    launch.records[1].ranks = 1;  // the ranks elsewhere only wait
    launch.records[1].threads = 8;
    EXPECT_DOUBLE_EQ(disturbance(launch), 0.1);  // 1 of 10 seconds of one core elsewhere; 4 of 80 here
}

TEST(Disturbance, IsNoneWhereNothingIsKnown) {
    EXPECT_EQ(disturbance({}), 0);
    auto launch = launch_of(4, 0, 1, 2, 2);
    launch.environment.erase(launch.environment.begin());
    EXPECT_EQ(disturbance(launch), 0);
}

}  // namespace
}  // namespace pacer
