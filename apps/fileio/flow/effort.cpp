#include "apps/fileio/flow/effort.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "io/files/stream.hpp"

namespace pacer::fileio {

namespace {

std::atomic<std::int64_t> lines_processed{0};

Effort so_far() {
    return {bytes_read_from_files(), lines_processed.load()};
}

}  // namespace

void count_lines_processed(std::int64_t lines) {
    lines_processed += lines;
}

EffortCheck::EffortCheck() : seen_(so_far()) {}

std::optional<Check> EffortCheck::missing(const Team& team, const Effort& least) {
    const auto now = so_far();
    const std::array<std::int64_t, 2> mine = {now.bytes_read - seen_.bytes_read,
                                              now.lines_processed - seen_.lines_processed};
    std::array<std::int64_t, 2> all{};
    MPI_Reduce(mine.data(), all.data(), 2, MPI_INT64_T, MPI_SUM, 0, team.comm);
    seen_ = now;
    if (!team.root()) return std::nullopt;
    const Effort done = {unused_.bytes_read + all[0], unused_.lines_processed + all[1]};
    unused_ = {std::max<std::int64_t>(0, done.bytes_read - least.bytes_read),
               std::max<std::int64_t>(0, done.lines_processed - least.lines_processed)};
    // What was read twice by the last execution is no excuse for the next one.
    if (unused_.lines_processed == 0) unused_.bytes_read = 0;
    const auto compare = [](std::int64_t got, std::int64_t want) {
        return got < want ? std::optional(Check{Number::of_whole(got), Number::of_whole(want), 0})
                          : std::nullopt;
    };
    if (const auto too_few = compare(done.lines_processed, least.lines_processed)) return too_few;
    return compare(done.bytes_read, least.bytes_read);
}

}  // namespace pacer::fileio
