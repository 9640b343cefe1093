// Variants of fileio that leave out records, or their calculation, are found out.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::fileio {
namespace {

constexpr Threads threads{2, 2, false};

// What rank 0 claims for all ranks.
Answer claimed(const Problem& problem, const Team& team, const Tally& all) {
    if (!team.root()) return {.all = {}, .own = {0, Number::of_whole(0)}};
    return {.all = all, .own = {problem.expected.records(), Number::of_whole(all.checksum)}};
}

Answer nothing(const Problem& problem, const Team& team) {
    return claimed(problem, team, {});
}

// The plain serial loop of rank 0, with another job, over the blocks that `wanted` wants.
template <class Wanted>
Answer process(const Problem& problem, const Team& team, const Job& job, const Wanted& wanted) {
    Tally all;
    if (team.root()) {
        Reader reader = open_input(problem);
        BlockSource blocks(reader, problem.settings, 1, 1);
        Processor processor(job, 0);
        Bytes message;
        for (std::int64_t block = 0; blocks.next(message); ++block) {
            if (wanted(block)) {
                processor.process(read_handout(message), [&](Bytes bytes) { all.add(Piece(bytes)); });
            }
            message.clear();
        }
        all.lines_read = reader.lines();
    }
    return claimed(problem, team, all);
}

Answer half(const Problem& problem, const Team& team) {
    return process(problem, team, problem.job, [](std::int64_t block) { return block % 2 == 0; });
}

// Counts every line as done.
Answer lines_only(const Problem& problem, const Team& team) {
    Tally all = process(problem, team, problem.job, [](std::int64_t) { return false; }).all;
    all.done = all.lines_read;
    return claimed(problem, team, all);
}

// Reads all, and lets all results be 0.
Answer no_calculation(const Problem& problem, const Team& team) {
    auto calculation = problem.calculation;
    calculation.calculate = [](auto, double, std::span<double> results, std::string&) {
        std::fill(results.begin(), results.end(), 0.0);
        return true;
    };
    Job job = problem.job;
    job.calculation = &calculation;
    return process(problem, team, job, [](std::int64_t) { return true; });
}

Tally tally_elsewhere;

Answer stored_truth(const Problem& problem, const Team& team) {
    return claimed(problem, team, tally_elsewhere);
}

TEST(FileioCheats, AreCaught) {
    Watch watch(world(), "fileio_cheats_test", 2, 0);
    for (const auto* calculation : {"sum", "lorenz:5", "stats"}) {
        SCOPED_TRACE(calculation);
        Settings settings;
        settings.elements = 101;
        settings.calculation = calculation;
        settings.block_bytes = 1000;
        settings.seed = 1;
        tally_elsewhere = make_problem(world(), settings, watch)->expected;
        settings.seed = 2;
        const auto problem = make_problem(world(), settings, watch);
        std::vector<Cheat<Problem, Answer>> cheats = {{"does nothing", nothing},
                                                      {"does half", half},
                                                      {"only counts lines", lines_only},
                                                      {"has the answer of another input", stored_truth}};
        if (!problem->calculation.summarises) cheats.push_back({"calculates nothing", no_calculation});
        for (const auto* row : {"serial", "openmp", "master_worker", "parallel_read"}) {
            expect_caught(*problem, group,
                          {.parameters = parameters(*problem),
                           .work = work(*problem),
                           .judge = judge,
                           .describe = describe},
                          threads, row, cheats);
        }
    }
}

}  // namespace
}  // namespace pacer::fileio
