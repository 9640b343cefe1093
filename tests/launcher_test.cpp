// Who started this process, by the names that the kernel keeps: at most 15 characters.
#include "common/launcher.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace pacer {
namespace {

TEST(Launcher, IsKnownByTheNameTheKernelKeeps) {
    for (const std::string name : {"mpirun", "mpiexec.openmpi", "prterun", "orted", "mpiexec.hydra",
                                   "mpirun.mpich", "hydra_pmi_proxy", "hydra_bstrap_proxy"}) {
        EXPECT_TRUE(is_mpi_launcher(name.substr(0, 15))) << name;
    }
    for (const char* name : {"", "bash", "mpirunner", "mpiexec.openmp", "slurmstepd"}) {
        EXPECT_FALSE(is_mpi_launcher(name)) << name;
    }
}

TEST(Launcher, SrunWhoseTasksAreNotConnectedIsToldOf) {
    EXPECT_NE(why_alone(2, 1).find("srun started 2 tasks"), std::string::npos);
    for (const auto& [tasks, ranks] : {std::pair(0, 1), {1, 1}, {2, 2}, {0, 4}}) {
        EXPECT_EQ(why_alone(tasks, ranks), "") << tasks << " tasks, " << ranks << " ranks";
    }
}

TEST(Process, IsSeenWithItsNameAndItsParent) {
    const auto self = process(getpid());
    ASSERT_TRUE(self);
    EXPECT_EQ(self->pid, getpid());
    EXPECT_EQ(self->parent, getppid());
    EXPECT_EQ(self->name, "launcher_test");
    EXPECT_FALSE(process(0));
}

}  // namespace
}  // namespace pacer
