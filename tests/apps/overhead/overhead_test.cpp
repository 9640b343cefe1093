// Every variant of overhead on real ranks, and that its checks can fail.
#include "apps/overhead/overhead.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "apps/overhead/harness.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::overhead {
namespace {

Check check(const Problem& problem, Answer& answer) {
    return judge(problem, answer, team_of_one(1)).check;
}

constexpr Threads two_threads{.process = 2, .hybrid = 1};

// All but `spawn`, which needs the program to be overhead itself.
Groups most_variants() {
    auto most = groups;
    for (auto& group : most) std::erase_if(group.variants, [](const auto& v) { return v.run == spawn; });
    return most;
}

// Starts forked workers only.
Starter& starter() {
    static Starter only("/bin/false");
    return only;
}

Record record_of(const Problem& problem, const OverheadVariant& variant) {
    Record record;
    record.variant = variant.name;
    record.ranks = uses_ranks(variant.uses) ? world().size : 1;
    record.threads = threads_for(two_threads, variant.uses);
    describe(problem, variant, record);
    return record;
}

// As the timed loop would, once.
void expect_right(const Problem& problem, const OverheadVariant& variant) {
    const auto record = record_of(problem, variant);
    if (!record.not_run.empty()) return;
    const bool together = uses_ranks(variant.uses);
    if (!together && !world().root()) return;
    const Team team = together ? world() : team_of_one(record.threads);
    auto answer = variant.run(problem, team);
    const auto judgement = judge(problem, answer, team);
    ASSERT_FALSE(judgement.calls.value().seconds.empty()) << variant.name;
    for (const double seconds : judgement.calls->seconds) EXPECT_GT(seconds, 0) << variant.name;
    auto items = judgement.own.value().items;
    if (together) MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, world().comm);
    EXPECT_EQ(items, record.work.items) << variant.name;
    if (!team.root()) return;
    const auto& verdict = judgement.check;
    EXPECT_TRUE(verdict.passed()) << variant.name << " got " << to_string(verdict.got) << " want "
                                  << to_string(verdict.want);
}

TEST(Overhead, EveryVariantIsRightForEverySize) {
    const auto chosen = most_variants();
    for (const std::int64_t elements : {0, 2, 1022, 9000}) {
        const Settings settings{.elements = elements, .workers = 3};
        const auto means = make_means(world(), settings, 3, chosen, starter());
        const auto problems = make_problems(world(), two_threads, settings, 3, chosen, *means, false);
        for (const auto& problem : problems) {
            for (const auto& variant : group_of(problem).variants) {
                if (variant.run != spawn) expect_right(problem, variant);
            }
        }
    }
}

TEST(Overhead, WorkersAndSizesGrowToTheLargest) {
    EXPECT_EQ(steps(1, 2), (std::vector<std::int64_t>{1}));
    EXPECT_EQ(steps(4, 2), (std::vector<std::int64_t>{1, 2, 4}));
    EXPECT_EQ(steps(6, 2), (std::vector<std::int64_t>{1, 2, 4, 6}));
    EXPECT_EQ(steps(100, 8), (std::vector<std::int64_t>{1, 8, 64, 100}));
    EXPECT_TRUE(steps(0, 8).empty());
}

TEST(Overhead, StartsAsManyWorkersAsThereAreCores) {
    EXPECT_EQ(most_workers({}, {.process = 6}), 6);
    EXPECT_EQ(most_workers({}, {.process = 1}), 2);
    EXPECT_EQ(most_workers({.workers = 1}, {.process = 6}), 1);
    EXPECT_THROW(most_workers({.workers = 1025}, {.process = 6}), UsageError);
}

TEST(Overhead, RefusesMessagesThatNoCallTakesOrNoMemoryHolds) {
    EXPECT_THROW(make_means(world(), {.elements = std::int64_t{1} << 31}, 1, groups, starter()), UsageError);
    const std::int64_t largest = (std::int64_t{1} << 31) - 1;
    auto free = available_memory_bytes();
    MPI_Allreduce(MPI_IN_PLACE, &free, 1, MPI_INT64_T, MPI_MAX, world().comm);
    if (free / 16 >= largest * world().size) GTEST_SKIP() << "this machine holds them";
    EXPECT_THROW(make_means(world(), {.elements = largest}, 1, groups, starter()), UsageError);
}

TEST(Overhead, NeedsTwoRanksToPlayPingPong) {
    const auto means = make_means(world(), {.elements = 1}, 1, most_variants(), starter());
    const Problem problem{.kind = Kind::message, .elements = 1, .pair = Pair{}, .means = means.get()};
    ASSERT_EQ(group_of(problem).variants.size(), 1u);
    for (const auto& variant : group_of(problem).variants) {
        EXPECT_EQ(record_of(problem, variant).not_run.empty(), world().size > 1);
    }
}

// Ranks that a launcher dealt out to two nodes in turns, as far as there are any.
TEST(Overhead, FindsPartnersByTheirNodes) {
    auto team = world();
    for (const bool cyclic : {true, false}) {
        const int node = cyclic ? team.rank % 2 : team.rank / ((team.size + 1) / 2);
        MPI_Comm_split(team.comm, node, team.rank, &team.node);
        const auto pairs = pairs_of(team);
        std::vector<std::pair<Distance, int>> found, expected;
        for (const auto& pair : pairs) found.emplace_back(pair.distance, pair.partner);
        const int neighbour = cyclic ? 2 : 1, stranger = cyclic ? 1 : (team.size + 1) / 2;
        const bool alone_on_node = cyclic ? team.size < 3 : team.size < 3;
        if (!alone_on_node) expected.emplace_back(Distance::within_node, neighbour);
        if (team.size > 1) expected.emplace_back(Distance::between_nodes, stranger);
        if (team.size == 1) expected.emplace_back(Distance::within_node, 0);
        EXPECT_EQ(found, expected);
        MPI_Comm_free(&team.node);
    }
}

TEST(Overhead, PlaysPingPongWithEveryPartner) {
    const auto means = make_means(world(), {.elements = 100}, 1, most_variants(), starter());
    for (int partner = 1; partner < world().size; ++partner) {
        const Problem problem{.kind = Kind::message,
                              .elements = 100,
                              .pair = Pair{Distance::between_nodes, partner},
                              .means = means.get()};
        auto answer = pingpong(problem, world());
        const bool plays = world().root() || world().rank == partner;
        EXPECT_EQ(answer.own().items, plays ? 100 : 0);
        EXPECT_EQ(answer.total().whole, 0);
        const auto key = parameters(problem);
        EXPECT_EQ(fact(key, "distance"), "between_nodes");
        EXPECT_EQ(fact(key, "method"), "steady_state");
    }
}

TEST(Overhead, SeesWhatArrivesWrong) {
    const Team alone = team_of_one(1);
    const Buffers buffers(alone, 3000);
    const auto receive = [&](std::int64_t shift, double factor) {
        double* const to = buffers.to_receive(2000);
        for (std::int64_t i = 0; i < 2000; ++i) to[i] = factor * buffers.to_send(0, 0)[i + shift];
        to[0] = to[1999] = 7 * factor;
        return to;
    };
    const Message expected{3, 21};
    for (const Look look : {Look::whole, Look::glance, Look::ends}) {
        const std::int64_t seen = look == Look::whole    ? 2000
                                  : look == Look::glance ? 5
                                                         : 2;  // every 509th, the first, the last
        double* const to = receive(0, 3);
        EXPECT_EQ(buffers.count_wrong(2000, expected, look), 0);
        EXPECT_EQ(buffers.count_wrong(2000, {3, 22}, look), 2);
        to[0] += 1;
        to[1999] = std::numeric_limits<double>::quiet_NaN();
        EXPECT_EQ(buffers.count_wrong(2000, expected, look), 2);
        receive(1, 3);
        EXPECT_EQ(buffers.count_wrong(2000, expected, look), seen - 2);
        receive(0, 2);  // a rank too few
        EXPECT_EQ(buffers.count_wrong(2000, expected, look), seen);
        receive(0, 3);
        buffers.to_receive(2000, look);  // nothing arrived
        EXPECT_EQ(buffers.count_wrong(2000, expected, look), seen);
    }
    double* const to = receive(0, 3);
    to[1] += 1;
    EXPECT_EQ(buffers.count_wrong(2000, expected), 1);
    EXPECT_EQ(buffers.count_wrong(0, expected), 0);
    buffers.to_receive(1)[0] = 21;
    EXPECT_EQ(buffers.count_wrong(1, expected), 0);
    EXPECT_EQ(buffers.count_wrong(1, {3, 20}), 1);
}

// What one round changes is no part of a longer message.
TEST(Overhead, SendsThePatternBetweenTheEnds) {
    const Buffers buffers(team_of_one(1), 10);
    for (const std::int64_t elements : {1, 4, 10}) {
        const double* const sent = buffers.to_send(elements, 1234);
        for (std::int64_t i = 0; i < 10; ++i)
            EXPECT_EQ(sent[i], i == 0 || i + 1 == elements ? 1234 : static_cast<double>(i + 1));
        buffers.restore(elements);
    }
}

// What arrived wrong shows in the answer, and in the part even if the next execution is right.
TEST(Overhead, RemembersWhatArrivedWrong) {
    const auto means = make_means(world(), {.elements = 100}, 1, most_variants(), starter());
    const Problem problem{.kind = Kind::message, .elements = 100, .means = means.get()};
    const auto receive = [&](double error) {
        return Harness::rounds(problem, world(), Arrives::own, problem.wrong.copy,
                               [&](const double* from, double* to) {
                                   std::copy_n(from, 100, to);
                                   to[0] += error;
                               });
    };
    auto wrong = receive(1), right = receive(0);
    const auto rounds = rounds_of(problem) + cold_rounds_of(problem);
    EXPECT_EQ(wrong.total().whole, rounds);
    EXPECT_FALSE(check(problem, wrong).passed());
    EXPECT_TRUE(check(problem, right).passed());
    EXPECT_EQ(right.own().items, 100);
    EXPECT_EQ(right.own().partial.whole, rounds);
}

TEST(Overhead, LeavesColdCallsOutsideTheClock) {
    const auto means = make_means(world(), {.elements = 1}, 1, most_variants(), starter());
    const Problem problem{.kind = Kind::message, .elements = 1, .means = means.get()};
    constexpr double pause_seconds = 0.3;
    bool cold = true;
    const auto answer =
        Harness::rounds(problem, world(), Arrives::nothing, problem.wrong.copy, [&](const double*, double*) {
            if (cold) std::this_thread::sleep_for(std::chrono::duration<double>(pause_seconds));
            cold = false;
        });
    EXPECT_EQ(std::ssize(answer.calls().seconds), rounds_of(problem));
    for (const double seconds : answer.calls().seconds) EXPECT_LT(seconds, pause_seconds);
}

}  // namespace
}  // namespace pacer::overhead
