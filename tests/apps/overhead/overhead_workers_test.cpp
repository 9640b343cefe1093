// The workers of overhead that are processes, and the break-even.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include "apps/overhead/break_even.hpp"
#include "apps/overhead/forked_workers.hpp"
#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "apps/overhead/spawner.hpp"
#include "common/base/clock.hpp"
#include "common/parallel/team.hpp"

namespace pacer::overhead {
namespace {

bool is_gone(pid_t pid) {
    return kill(pid, 0) != 0 && errno == ESRCH;
}

TEST(ForkedWorkers, ReturnTheirResults) {
    for (const std::int64_t count : {0, 1, 2, 17}) {
        EXPECT_EQ(ForkedWorkers(count, piece_of_work).join(), sum_of_pieces(count));
    }
}

TEST(ForkedWorkers, AreChildrenThatJoinEnds) {
    ForkedWorkers workers(2, piece_of_work);
    const std::vector<pid_t> pids(workers.pids().begin(), workers.pids().end());
    EXPECT_EQ(pids.size(), 2);
    workers.join();
    for (const pid_t pid : pids) EXPECT_TRUE(is_gone(pid));
}

TEST(ForkedWorkers, AreMissedIfOneEndsWithoutAResult) {
    ForkedWorkers workers(3, [](std::int64_t index) {
        if (index == 1) _exit(0);
        return index;
    });
    EXPECT_THROW(workers.join(), std::runtime_error);
}

TEST(ForkedWorkers, EndWithTheirOwner) {
    pid_t pid = 0;
    {
        const ForkedWorkers workers(1, [](std::int64_t index) {
            pause();
            return index;
        });
        pid = workers.pids().front();
        EXPECT_FALSE(is_gone(pid));
    }
    EXPECT_TRUE(is_gone(pid));
}

// A program that is no overhead, and what becomes of it.
std::string script(const std::string& name, const std::string& text) {
    const auto path = testing::TempDir() + name + std::to_string(getpid());
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    chmod(path.c_str(), 0700);
    return path;
}

TEST(Spawner, GivesUpWhatHangs) {
    const auto program = script("hangs", "echo $$ >>\"$0.pids\"; exec sleep 60");
    {
        Spawner spawner(program, 2);
        const double start = now_seconds();
        const auto spawned = spawner.spawn(1);
        EXPECT_NE(spawned.error.find("hung 3 times"), std::string::npos) << spawned.error;
        EXPECT_EQ(spawned.hangs, 3);
        EXPECT_EQ(spawned.sum, 0);
        EXPECT_GT(spawned.seconds, 2);
        EXPECT_LT(now_seconds() - start, 40);
        EXPECT_EQ(spawner.pid(), -1);
    }
    std::ifstream pids(program + ".pids");
    pid_t pid = 0;
    int tries = 0;
    for (; pids >> pid; ++tries) EXPECT_TRUE(is_gone(pid));
    EXPECT_EQ(tries, 3);
    unlink((program + ".pids").c_str());
    unlink(program.c_str());
}

TEST(Spawner, SaysWhenNobodyAnswers) {
    Spawner ends("/bin/false"), missing("/no/such/program");
    for (auto* spawner : {&ends, &missing}) {
        const auto spawned = spawner->spawn(1);
        EXPECT_NE(spawned.error.find("without an answer"), std::string::npos) << spawned.error;
        EXPECT_EQ(spawner->pid(), -1);
    }
}

TEST(Spawner, KeepsItsEnvironmentFreeOfTheLauncher) {
    const char* const before[] = {"PATH=/bin",
                                  "OMPI_COMM_WORLD_RANK=1",
                                  "OMPI_MCA_ess=pmi",
                                  "OMPI_MCA_ess_base_jobid=1",
                                  "OMPI_MCA_orte_hnp_uri=x",
                                  "OMPI_MCA_btl_tcp_if_include=eth0",
                                  "OMPI_ALLOW_RUN_AS_ROOT=1",
                                  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                  "PMIX_RANK=1",
                                  "PMI_RANK=1",
                                  "SLURM_JOB_ID=7",
                                  "OMP_NUM_THREADS=2",
                                  nullptr};
    EXPECT_EQ(
        environment_alone(before),
        (std::vector<std::string>{"PATH=/bin", "OMPI_MCA_btl_tcp_if_include=eth0", "OMPI_ALLOW_RUN_AS_ROOT=1",
                                  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "OMP_NUM_THREADS=2"}));
}

// Those that the kernel tells of.
std::vector<pid_t> children_of(pid_t pid) {
    const auto id = std::to_string(pid);
    std::ifstream file("/proc/" + id + "/task/" + id + "/children");
    return {std::istream_iterator<pid_t>(file), {}};
}

// Once they have ended and their parent has noticed; not if that takes a minute.
bool has_no_children(pid_t pid) {
    for (int tries = 0; tries < 600 && !children_of(pid).empty(); ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return children_of(pid).empty();
}

TEST(Starter, ForksAndEndsWithItsOwner) {
    pid_t pid = 0;
    {
        Starter starter("/bin/false");
        pid = starter.pid();
        EXPECT_FALSE(is_gone(pid));
        for (const std::int64_t workers : {0, 1, 5}) {
            const auto forked = starter.fork(workers);
            EXPECT_EQ(forked.error(), "");
            EXPECT_EQ(forked.sum(), sum_of_pieces(workers));
            EXPECT_GT(forked.seconds(), 0);
        }
    }
    EXPECT_TRUE(is_gone(pid));
}

TEST(Starter, SaysThatItHasEnded) {
    Starter starter("/bin/false");
    kill(starter.pid(), SIGKILL);
    EXPECT_NE(starter.fork(1).error().find("has ended"), std::string::npos);
}

// The real thing: processes spawned by MPI, which may hang now and then, and is tried again.
TEST(Spawner, SpawnsAndJoins) {
    if (mpi_library().find("MPICH") != std::string::npos) GTEST_SKIP() << "Debian's MPICH cannot spawn";
    Spawner spawner(OVERHEAD);
    EXPECT_EQ(spawner.pid(), -1);
    for (const std::int64_t workers : {1, 3}) {
        const auto spawned = spawner.spawn(workers);
        if (spawned.error.find("hung 3 times") != std::string::npos)
            GTEST_SKIP() << spawned.error << ", as it may on a busy machine";
        EXPECT_EQ(spawned.sum, sum_of_pieces(workers));
        EXPECT_GT(spawned.seconds, 0);
        EXPECT_EQ(spawned.error, "");
        for (const pid_t daemon : children_of(spawner.pid())) {
            EXPECT_TRUE(has_no_children(daemon)) << "a worker is still there";
        }
    }
    EXPECT_GT(spawner.pid(), 0);
}

// The other variants keep their samples.
TEST(Spawner, FailingInARepeatIsAWrongAnswer) {
    Starter starter("/bin/false");
    Means means;
    means.starter = &starter;
    const Problem problem{.workers = 2, .means = &means};
    auto answer = spawn(problem, {});
    const auto judgement = judge(problem, answer, team_of_one(1));
    EXPECT_FALSE(judgement.check.passed());
    EXPECT_GT(judgement.calls.value().seconds.at(0), 0);
}

TEST(BreakEven, IsWhereTheGainIs) {
    // 2 workers, half of what they can gain: t / (t / 2 + 1) = 1.5
    EXPECT_DOUBLE_EQ(break_even_seconds(1, 2, 0.5), 6);
    EXPECT_DOUBLE_EQ(break_even_seconds(2, 2, 0.5), 12);
    for (const std::int64_t workers : {2, 4, 128}) {
        for (const double gain : {0.1, 0.5, 0.9}) {
            const double t = break_even_seconds(3e-6, workers, gain), w = static_cast<double>(workers);
            EXPECT_NEAR(t / (t / w + 3e-6), 1 + gain * (w - 1), 1e-9 * w);
        }
    }
}

Record record_of(const std::string& variant, Facts parameters, int ranks, int threads, double seconds) {
    Record record;
    record.variant = variant;
    record.baseline = "call";
    record.parameters = std::move(parameters);
    record.ranks = ranks;
    record.threads = threads;
    record.seconds.assign(static_cast<std::size_t>(ranks), seconds);
    record.round = {0};
    record.verdict.checked = 1;
    return record;
}

TEST(BreakEven, TellsOfEveryWayThatWasMeasured) {
    const auto workers = [](std::int64_t count) { return Facts{{"kind", "workers"}, {"workers", count}}; };
    const auto message = [](std::int64_t bytes) { return Facts{{"kind", "message"}, {"bytes", bytes}}; };
    Launch launch;
    launch.records = {record_of("call", workers(2), 1, 2, 1e-9),
                      record_of("fork", workers(2), 1, 2, 1e-3),
                      record_of("thread", workers(2), 1, 2, 1e-5),
                      record_of("thread", workers(1), 1, 1, 5e-6),
                      record_of("thread", workers(4), 1, 4, 2e-5),
                      record_of("barrier", {{"kind", "barrier"}}, 3, 1, 1e-6),
                      record_of("allreduce", message(8), 3, 1, 2e-6),
                      record_of("allreduce", message(64), 3, 1, 3e-6),
                      record_of("async", workers(2), 1, 2, 1e-5)};
    launch.records.back().round.clear();  // not run
    launch.records.back().seconds.clear();
    const auto text = break_even_table(launch, 2, false);
    const auto rows = [&] {
        std::string names;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            if (line.find(" us") != std::string::npos || line.find(" ms") != std::string::npos)
                names += line.substr(0, line.find(' ')) + (line.back() == '*' ? "* " : " ");
        }
        return names;
    }();
    EXPECT_EQ(rows, "thread fork barrier allreduce thread* ") << text;
    EXPECT_NE(text.find("60.00 us"), std::string::npos) << text;  // thread, 2 workers, 50 %
    EXPECT_NE(break_even_table(launch, 2, true).find("allreduce of 8 bytes     3    2.000 us    "),
              std::string::npos);
    EXPECT_EQ(break_even_table(launch, 4, false).find('*'), std::string::npos);
    EXPECT_TRUE(break_even_table({}, 2, false).empty());
}

}  // namespace
}  // namespace pacer::overhead
