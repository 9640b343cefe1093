// Ways to start workers, to wait and to exchange messages that do less than they should are found out.
#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <type_traits>
#include <vector>

#include "apps/overhead/harness.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::overhead {
namespace {

constexpr std::int64_t workers = 3, elements = 1200;
constexpr Threads threads{workers, 1, false};

// Neither does a variant make an answer without the harness, nor keep one.
static_assert(!std::is_default_constructible_v<Answer> && !std::is_aggregate_v<Answer>);
static_assert(!std::is_copy_constructible_v<Answer> && !std::is_copy_constructible_v<Starter::Started>);
static_assert(!std::is_default_constructible_v<Starter::Started>);

void expect_cheats_caught(const Problem& problem, std::string_view row,
                          const std::vector<Cheat<Problem, Answer>>& cheats) {
    expect_caught(problem, group_of(problem),
                  {.parameters = parameters(problem), .judge = judge, .describe = describe}, threads, row,
                  cheats);
}

// Calls.

Answer calls_nothing(const Problem& problem, const Team&) {
    return Harness::calls(problem, [](std::int64_t) { return 0; });
}
Answer calls_once(const Problem& problem, const Team&) {
    return Harness::calls(problem, [&](std::int64_t) { return sum_of_pieces(problem.workers); });
}

// Threads.

template <auto harness>
Answer starts_nothing(const Problem& problem, const Team&) {
    return harness(problem, [](Pieces&) {});
}
template <auto harness>
Answer does_all_itself(const Problem& problem, const Team&) {
    return harness(problem, [](Pieces& pieces) {
        for (std::int64_t index = 0; index < pieces.count(); ++index) pieces.work(index);
    });
}
template <auto harness>
Answer leaves_one_out(const Problem& problem, const Team&) {
    return harness(problem, [](Pieces& pieces) {
        std::vector<std::jthread> all;
        for (std::int64_t index = 1; index < pieces.count(); ++index)
            all.emplace_back([&pieces, index] { pieces.work(index); });
    });
}
template <auto harness>
Answer starts_one_thread(const Problem& problem, const Team&) {
    return harness(problem, [](Pieces& pieces) {
        const std::jthread one([&] {
            for (std::int64_t index = 0; index < pieces.count(); ++index) pieces.work(index);
        });
    });
}
Answer enters_once(const Problem& problem, const Team&) {
    bool entered = false;
    return Harness::regions(problem, [&](Pieces& pieces) {
        if (std::exchange(entered, true)) return;
#pragma omp parallel num_threads(static_cast <int>(pieces.count()))
        pieces.work(omp_get_thread_num());
    });
}
Answer waits_for_nobody(const Problem& problem, const Team&) {
    return Harness::waits(problem, [] {});
}

constexpr auto by_new_threads = [](const Problem& problem, const auto& start) {
    return Harness::new_threads(problem, start);
};
constexpr auto by_regions = [](const Problem& problem, const auto& region) {
    return Harness::regions(problem, region);
};

// Processes.

Answer forks_one(const Problem& problem, const Team&) {
    return Harness::processes(problem, [](Starter& starter, std::int64_t) { return starter.fork(1); });
}
Answer forks_none(const Problem& problem, const Team&) {
    return Harness::processes(problem, [](Starter& starter, std::int64_t) { return starter.fork(0); });
}

TEST(OverheadCheats, AreCaughtWhereTheyStartWorkers) {
    Starter starter("/bin/false");
    Means means;
    means.starter = &starter;
    means.openmp_threads = omp_get_thread_limit();
    const Problem problem{.workers = workers, .means = &means};
    expect_cheats_caught(problem, "call", {{"calls nothing", calls_nothing}, {"calls once", calls_once}});
    for (const auto* row : {"thread", "async"}) {
        expect_cheats_caught(problem, row,
                             {{"starts nothing", starts_nothing<by_new_threads>},
                              {"does all itself", does_all_itself<by_new_threads>},
                              {"leaves out a piece", leaves_one_out<by_new_threads>},
                              {"starts one thread for all", starts_one_thread<by_new_threads>}});
    }
    expect_cheats_caught(problem, "openmp_region",
                         {{"starts nothing", starts_nothing<by_regions>},
                          {"does all itself", does_all_itself<by_regions>},
                          {"starts one thread for all", starts_one_thread<by_regions>},
                          {"enters one region of many", enters_once}});
    expect_cheats_caught(problem, "openmp_barrier", {{"waits for nobody", waits_for_nobody}});
    expect_cheats_caught(problem, "fork", {{"forks one", forks_one}, {"forks none", forks_none}});
}

// Messages.

// What arrives wrong is not to be held against the honest variant.
template <Arrives arrives, class Call>
Answer rounds(const Problem& problem, const Team& team, const Call& call) {
    return Harness::rounds(problem, team, arrives, problem.wrong.pingpong, call);
}
template <Arrives arrives>
Answer sends_nothing(const Problem& problem, const Team& team) {
    return rounds<arrives>(problem, team, [](const double*, double*) {});
}
// The sum of all ranks' messages, as far as this rank can tell from its own.
template <Arrives arrives>
Answer makes_the_sum_itself(const Problem& problem, const Team& team) {
    const double factor = factor_of_sum(team.size) / factor_of_rank(team.rank);
    return rounds<arrives>(problem, team, [&](const double* from, double* to) {
        for (std::int64_t i = 0; i < problem.elements; ++i) to[i] = factor * from[i];
    });
}
// What the first call brought.
template <Arrives arrives>
Answer sends_once(const Problem& problem, const Team& team) {
    std::vector<double> sum(static_cast<std::size_t>(problem.elements));
    bool sent = false;
    return rounds<arrives>(problem, team, [&](const double* from, double* to) {
        if (!std::exchange(sent, true))
            MPI_Allreduce(from, sum.data(), static_cast<int>(problem.elements), MPI_DOUBLE, MPI_SUM,
                          team.comm);
        std::copy(sum.begin(), sum.end(), to);
    });
}
Answer copies_half(const Problem& problem, const Team& team) {
    return rounds<Arrives::own>(problem, team, [&](const double* from, double* to) {
        std::memcpy(to, from, static_cast<std::size_t>(problem.bytes() / 2));
    });
}

TEST(OverheadCheats, AreCaughtWhereTheyExchangeMessages) {
    Means means;
    means.buffers = Buffers(world(), elements);
    const Problem problem{.kind = Kind::message, .elements = elements, .means = &means};
    expect_cheats_caught(problem, "copy",
                         {{"copies nothing", sends_nothing<Arrives::own>},
                          {"copies half", copies_half},
                          {"copies once", sends_once<Arrives::own>}});
    using enum Arrives;
    std::vector<Cheat<Problem, Answer>> cheats = {{"sends nothing", sends_nothing<sum>},
                                                  {"sends once", sends_once<sum>}};
    // A rank alone makes its sum itself.
    if (world().size > 1) cheats.push_back({"sends nothing but knows the sum", makes_the_sum_itself<sum>});
    expect_cheats_caught(problem, "allreduce", cheats);
    expect_cheats_caught(problem, "reduce", cheats);
}

Answer plays_alone(const Problem& problem, const Team& team) {
    return Harness::pingpong(problem, team, problem.wrong.copy, [](const Side&, const double*, double*) {});
}
Answer knows_what_comes(const Problem& problem, const Team& team) {
    return Harness::pingpong(
        problem, team, problem.wrong.copy, [&](const Side& side, const double* from, double* to) {
            const double factor = factor_of_rank(side.partner) / factor_of_rank(team.rank);
            for (std::int64_t i = 0; i < problem.elements; ++i) to[i] = factor * from[i];
        });
}
Answer plays_once(const Problem& problem, const Team& team) {
    std::vector<double> got(static_cast<std::size_t>(problem.elements));
    bool played = false;
    return Harness::pingpong(
        problem, team, problem.wrong.copy, [&](const Side& side, const double* from, double* to) {
            if (!std::exchange(played, true)) {
                MPI_Sendrecv(from, side.count, MPI_DOUBLE, side.partner, 1, got.data(), side.count,
                             MPI_DOUBLE, side.partner, 1, side.comm, MPI_STATUS_IGNORE);
            }
            std::copy(got.begin(), got.end(), to);
        });
}

TEST(OverheadCheats, AreCaughtWhereTheyPlayPingPong) {
    if (world().size == 1) return;
    Means means;
    means.buffers = Buffers(world(), elements);
    const Problem problem{
        .kind = Kind::message, .elements = elements, .pair = Pair{.partner = 1}, .means = &means};
    expect_cheats_caught(problem, "pingpong",
                         {{"sends nothing", plays_alone},
                          {"knows what the other one sends", knows_what_comes},
                          {"sends once", plays_once}});
}

Answer passes(const Problem& problem, const Team& team) {
    return Harness::barrier(problem, team, [] {});
}

TEST(OverheadCheats, AreCaughtWhereTheyWait) {
    if (world().size == 1) return;  // it waits for nobody
    Means means;
    expect_cheats_caught({.kind = Kind::barrier, .means = &means}, "barrier", {{"waits for nobody", passes}});
}

}  // namespace
}  // namespace pacer::overhead
