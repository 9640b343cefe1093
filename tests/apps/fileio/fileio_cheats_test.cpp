// Variants of fileio that do not read or calculate what they should are found out.
#include <gtest/gtest.h>

#include <functional>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::fileio {
namespace {

constexpr Threads threads{2, 2, false};

Bytes kept;  // text of the first block

// As rank 0 of any team: the other ranks have no part in it.
template <Answer (*cheat)(const Problem&)>
Answer on_root(const Problem& problem, const Team& team) {
    return team.root() ? cheat(problem) : Answer{};
}

Answer returns_the_stored_truth(const Problem& problem) {
    return {problem.expected, part_of_tally(problem.expected)};
}

// The pieces of each block go into the answer as often as `times` says.
Answer some_blocks(const Problem& problem, const std::function<int(std::int64_t)>& times) {
    Answer answer;
    Reader reader = open_input(problem);
    Processor processor(problem.job, 0);
    Bytes text;
    for (std::int64_t block = 0; const auto place = reader.next(text, 500); ++block) {
        processor.process({*place, problem.files[0].path, text}, [&](Bytes piece) {
            for (int time = 0; time < times(block); ++time) answer.all.add(Piece(piece));
        });
        text.clear();
    }
    answer.all.lines_read = reader.lines();
    answer.own = part_of_tally(answer.all);
    return answer;
}

Answer skips_half(const Problem& problem) {
    return some_blocks(problem, [](std::int64_t block) { return block % 2 == 0 ? 1 : 0; });
}

Answer doubles_one_and_drops_another(const Problem& problem) {
    return some_blocks(problem, [](std::int64_t block) { return block == 0 ? 2 : block == 1 ? 0 : 1; });
}

// The pieces of each of seven segments go into the answer as often as `times` says, all segments are read,
// and their lines count from where `before` says.
Answer some_segments(const Problem& problem, const std::function<int(std::int64_t)>& times,
                     std::int64_t too_many_before = 0) {
    Answer answer;
    Processor processor(problem.job, 0);
    const auto& file = problem.files[0];
    constexpr std::int64_t segments = 7;
    Bytes text;
    for (std::int64_t segment = 0; segment < segments; ++segment) {
        RangeReader reader(file, 0, file.bytes * segment / segments, file.bytes * (segment + 1) / segments,
                           read_settings(problem.settings));
        for (const auto before = answer.all.lines_read; auto place = reader.next(text, 500); text.clear()) {
            answer.all.lines_read += place->lines;
            place->first_index += before + (segment > 0 ? too_many_before : 0);
            processor.process({*place, file.path, text}, [&](Bytes piece) {
                for (int time = 0; time < times(segment); ++time) answer.all.add(Piece(piece));
            });
        }
    }
    answer.own = part_of_tally(answer.all);
    return answer;
}

Answer does_all_segments(const Problem& problem) {
    return some_segments(problem, [](std::int64_t) { return 1; });
}

Answer skips_a_segment(const Problem& problem) {
    return some_segments(problem, [](std::int64_t segment) { return segment == 3 ? 0 : 1; });
}

Answer does_a_segment_twice(const Problem& problem) {
    return some_segments(problem, [](std::int64_t segment) { return segment == 3 ? 2 : 1; });
}

Answer does_one_segment_for_another(const Problem& problem) {
    return some_segments(problem, [](std::int64_t segment) {
        return segment == 3 ? 2 : segment == 4 ? 0 : 1;
    });
}

Answer counts_lines_wrongly(const Problem& problem) {
    return some_segments(
        problem, [](std::int64_t) { return 1; }, 1);
}

Answer reads_and_does_not_calculate(const Problem& problem) {
    Reader reader = open_input(problem);
    Bytes text;
    while (reader.next(text, 500)) text.clear();
    return returns_the_stored_truth(problem);
}

Answer calculates_half_of_it(const Problem& problem) {
    Reader reader = open_input(problem);
    Processor processor(problem.job, 0);
    Bytes text;
    for (int block = 0; const auto place = reader.next(text, 500); ++block) {
        if (block % 2 == 0) processor.process({*place, problem.files[0].path, text}, [](const Bytes&) {});
        text.clear();
    }
    return returns_the_stored_truth(problem);
}

// Calculates what it has kept in memory.
Answer does_not_read(const Problem& problem) {
    Processor processor(problem.job, 0);
    BlockPlace place;
    place.bytes = std::ssize(kept);
    place.lines = count_lines(kept);
    Answer answer;
    processor.process({place, problem.files[0].path, kept},
                      [&](Bytes piece) { answer.all.add(Piece(piece)); });
    answer.all.lines_read = place.lines;
    answer.own = part_of_tally(answer.all);
    return answer;
}

// Variants take turns, so cheats also run behind honest ones that read and calculated more than they had to.
TEST(FileioCheats, AreCaught) {
    Settings settings;
    settings.elements = 103;
    settings.calculation = "lorenz:5";
    settings.workload = Workload::linear;  // so that parallel_read reads everything twice
    Watch watch(world(), "fileio_cheats_test", 2, 0);
    const auto problem = make_problem(world(), settings, watch);
    if (world().root()) {
        Reader reader = open_input(*problem);
        reader.next(kept, 1 << 20);
        const auto was_right = does_not_read(*problem);
        EXPECT_EQ(was_right.all.checksum, problem->expected.checksum);  // of no use otherwise
        EXPECT_EQ(does_all_segments(*problem).all.checksum, problem->expected.checksum);
    }
    problem->effort = std::make_unique<EffortCheck>();
    for (const auto& variant : group.variants) {
        expect_caught(*problem, group, {.work = work(*problem), .judge = judge, .describe = describe},
                      threads, variant.name,
                      {{"returns the stored truth", on_root<returns_the_stored_truth>},
                       {"skips half", on_root<skips_half>},
                       {"doubles one and drops another", on_root<doubles_one_and_drops_another>},
                       {"skips a segment", on_root<skips_a_segment>},
                       {"does a segment twice", on_root<does_a_segment_twice>},
                       {"does one segment for another", on_root<does_one_segment_for_another>},
                       {"counts lines wrongly", on_root<counts_lines_wrongly>},
                       {"reads and does not calculate", on_root<reads_and_does_not_calculate>},
                       {"calculates half of it", on_root<calculates_half_of_it>},
                       {"does not read", on_root<does_not_read>}});
    }
}

}  // namespace
}  // namespace pacer::fileio
