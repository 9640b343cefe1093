// Who started this process, by the names that the kernel keeps: at most 15 characters.
#include "common/placement/launcher.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

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

TEST(Launcher, IsTypedOrAHelper) {
    for (const char* name : {"mpirun", "mpiexec.mpich", "mpiexec.hydra", "orterun", "prterun"})
        EXPECT_TRUE(is_typed_launcher(name)) << name;
    for (const char* name : {"hydra_pmi_proxy", "hydra_bstrap_pr", "orted", "prted"})
        EXPECT_FALSE(is_typed_launcher(name)) << name;
}

constexpr auto open_mpi = "Open MPI v4.1.4, package: Debian OpenMPI",
               mpich = "MPICH Version: 4.0.2\nMPICH...";

// The variables of an environment.
using Environment = std::map<std::string, std::string>;

Variables in(const Environment& environment) {
    return [&environment](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
    };
}

std::string why(const char* library, int tasks, const Environment& environment) {
    return why_alone(started(library, tasks, in(environment)), library, in(environment));
}

TEST(Launcher, SrunWhoseTasksAreNotConnectedIsToldOf) {
    EXPECT_NE(why(open_mpi, 2, {}).find("srun started 2 tasks"), std::string::npos);
    EXPECT_NE(why(open_mpi, 2, {}).find("--mpi=pmix"), std::string::npos);
    EXPECT_NE(why(mpich, 2, {}).find("--mpi=pmi2"), std::string::npos);
    for (const int tasks : {0, 1}) EXPECT_EQ(why(open_mpi, tasks, {}), "") << tasks;
    EXPECT_EQ(why(open_mpi, 2, {{"PACER_ALONE", "1"}}), "");
}

TEST(Launcher, AnotherMpisIsToldOf) {
    const auto told = why(open_mpi, 0, {{"PMI_SIZE", "3"}, {"PMI_RANK", "1"}});
    EXPECT_NE(told.find("PMI_SIZE says that there are 3 processes, and Open MPI v4.1.4 sees"), told.npos)
        << told;
    EXPECT_NE(told.find("Start by Open MPI's mpirun, or set PACER_ALONE=1"), told.npos) << told;
    const auto other = why(mpich, 0, {{"OMPI_COMM_WORLD_SIZE", "2"}});
    EXPECT_NE(other.find("and MPICH Version: 4.0.2 sees"), other.npos) << other;
    EXPECT_NE(other.find("Start by MPICH's mpiexec"), other.npos) << other;
    for (const auto* size : {"MPI_LOCALNRANKS", "I_MPI_LOCAL_SIZE", "MV2_COMM_WORLD_SIZE", "PALS_LOCAL_SIZE",
                             "FLUX_JOB_SIZE", "OMPI_COMM_WORLD_SIZE"}) {
        EXPECT_NE(why(open_mpi, 0, {{size, "2"}}).find(size), std::string::npos) << size;
        EXPECT_EQ(why(open_mpi, 0, {{size, "1"}}), "") << size;
    }
    EXPECT_NE(why(open_mpi, 0, {{"PMIX_RANK", "1"}}), "");
    EXPECT_EQ(why(open_mpi, 0, {{"PMIX_RANK", "0"}}), "");
    EXPECT_EQ(why(open_mpi, 0, {{"PMI_SIZE", "3"}, {"PACER_ALONE", "yes"}}), "");
    EXPECT_NE(why(open_mpi, 0, {{"PMI_SIZE", "3"}, {"PACER_ALONE", "0"}}), "");
}

TEST(Launcher, ThatOfThisMpiIsBelievedBeforeOthers) {
    const Environment own = {{"OMPI_COMM_WORLD_SIZE", "1"}, {"PMI_SIZE", "4"}, {"FLUX_JOB_SIZE", "4"}};
    EXPECT_EQ(why(open_mpi, 4, own), "");
    EXPECT_NE(why(mpich, 4, own), "");
    EXPECT_EQ(why(mpich, 4, {{"PMI_SIZE", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}), "");
}

TEST(Launcher, SrunIsToldOfWhereItsPmiIsNotUnderstood) {
    const Environment pmi2 = {{"PMI_SIZE", "2"}, {"PMI_RANK", "1"}};
    EXPECT_NE(why(open_mpi, 2, pmi2).find("srun started 2 tasks"), std::string::npos)
        << why(open_mpi, 2, pmi2);
    EXPECT_NE(why(open_mpi, 1, pmi2).find("PMI_SIZE says"), std::string::npos);
}

// A folder with a library's components, gone afterwards.
class Components {
  public:
    Components() {
        std::string name = (std::filesystem::temp_directory_path() / "pacer-launcher-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Components(const Components&) = delete;
    Components& operator=(const Components&) = delete;
    ~Components() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }
    void add(const std::filesystem::path& file) const {
        std::filesystem::create_directories((path_ / file).parent_path());
        std::ofstream(path_ / file) << "";
    }

  private:
    std::filesystem::path path_;
};

TEST(Launcher, WithoutAPmiThatMpiUnderstandsIsKnownBeforeMpiStarts) {
    const auto without = [](const char* library, int tasks, const Environment& environment,
                            const std::filesystem::path& folder = {}) {
        return without_pmi(tasks, library, folder, in(environment));
    };
    const Environment pmi = {{"PMI_FD", "9"}}, pmix = {{"PMIX_RANK", "0"}}, step = {{"SLURM_STEP_ID", "0"}};
    EXPECT_TRUE(without(open_mpi, 2, {}));
    EXPECT_FALSE(without(open_mpi, 2, pmix));
    EXPECT_FALSE(without(open_mpi, 2, pmi));
    EXPECT_TRUE(without("Open MPI v5.0.3", 2, pmi));
    EXPECT_FALSE(without("Open MPI v5.0.3", 2, {{"PMI_FD", "9"}, {"PMIX_RANK", "1"}}));
    EXPECT_FALSE(without(mpich, 2, {}));
    EXPECT_FALSE(without(open_mpi, 0, step));
    EXPECT_FALSE(without(open_mpi, 1, {}));
    EXPECT_TRUE(without(open_mpi, 1, step));
    EXPECT_FALSE(without("Open MPI v5.0.3", 1, step));
    for (const std::filesystem::path components : {"openmpi", "openmpi/lib/openmpi3"}) {
        const Components installed;
        EXPECT_FALSE(without(open_mpi, 2, pmi, installed.path()));
        installed.add(components / "mca_pmix_ext3x.so");
        EXPECT_TRUE(without(open_mpi, 2, pmi, installed.path())) << components;
        EXPECT_FALSE(without(open_mpi, 2, pmix, installed.path()));
        installed.add(components / "mca_pmix_s2.so");
        EXPECT_FALSE(without(open_mpi, 2, pmi, installed.path())) << components;
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
