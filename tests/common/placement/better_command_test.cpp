// The command that fixes a placement must be right, whatever the placement was.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/common/placement/placement_examples.hpp"

namespace pacer {
namespace {

// What a launcher does with the options of a fixed command: Open MPI's default binds one or two ranks to a
// core each, and more to a socket; MPICH's binds nobody.
std::vector<RankPlacement> launched(Mpi mpi, const std::string& command, int host_cores, bool given,
                                    int threads) {
    const auto number = [&](const std::string& option, int otherwise) {
        const auto at = command.find(option);
        return at == std::string::npos ? otherwise : std::stoi(command.substr(at + option.size()));
    };
    const int np = number("-np ", 1), pe = number(mpi == Mpi::mpich ? "-bind-to core:" : "PE=", 1);
    const bool none = contains(command, "-bind-to none") || !contains(command, "mpirun");
    const bool core = contains(command, "-bind-to core") || (mpi == Mpi::open_mpi && !none && np <= 2);
    threads = number(mpi == Mpi::mpich ? "OMP_NUM_THREADS " : "OMP_NUM_THREADS=", threads);
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < np; ++rank) {
        const auto its = core ? cores(rank * pe, rank * pe + pe - 1) : cores(0, host_cores - 1);
        const int process = given ? threads : static_cast<int>(its.size());
        ranks.push_back(
            rank_on(rank, its, host_cores, process, given ? threads : std::max(1, host_cores / np)));
    }
    return ranks;
}

class MendedCommand : public testing::TestWithParam<Mpi> {};

TEST_P(MendedCommand, IsRight) {
    const auto mpi = GetParam();
    int fixed = 0;
    for (const int host_cores : {1, 2, 3, 4, 7, 16}) {
        for (const int np : {1, 2, 3, 5, 8, 17}) {
            for (unsigned kinds = 1; kinds < 16; ++kinds) {
                std::vector<Uses> uses;
                for (unsigned kind = 0; kind < 4; ++kind) {
                    if ((kinds >> kind & 1U) != 0) uses.push_back(all_kinds[kind]);
                }
                for (const int threads : {0, 1, 2, 5, 100}) {  // 0: not given
                    for (const std::string options :
                         {"", "-bind-to none", "-bind-to core:1", "PE=2 -bind-to core:2"}) {
                        auto command = mpirun;
                        command.mpi = mpi;
                        command.threads_given = threads > 0;
                        const auto typed = "mpirun -np " + std::to_string(np) + " " + options;
                        const auto launch = launched(mpi, typed, host_cores, threads > 0, threads);
                        const auto before = judge_placement(launch, uses, command);
                        EXPECT_EQ(before.better_command.empty(), before.faults.empty());
                        if (before.better_command.empty()) continue;
                        ++fixed;
                        const auto after = judge_placement(
                            launched(mpi, before.better_command, host_cores, threads > 0, threads), uses,
                            command);
                        ASSERT_TRUE(after.faults.empty())
                            << host_cores << " cores, kinds " << kinds << ", OMP_NUM_THREADS " << threads
                            << ": " << typed << "\n"
                            << sentence(before.faults.front()) << "\n"
                            << before.better_command << "\n"
                            << sentence(after.faults.front());
                    }
                }
            }
        }
    }
    EXPECT_GT(fixed, 1000);
}
INSTANTIATE_TEST_SUITE_P(Placement, MendedCommand, testing::Values(Mpi::open_mpi, Mpi::mpich));

}  // namespace
}  // namespace pacer
