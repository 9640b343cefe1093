// What is done before and after the clock: making files, looking at what became of them, and removing them.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::storage {

namespace {

template <std::size_t count>
std::array<std::int64_t, count> sums(const Team& team, std::array<std::int64_t, count> mine) {
    auto all = mine;
    MPI_Reduce(mine.data(), all.data(), int{count}, MPI_INT64_T, MPI_SUM, 0, team.comm);
    return all;
}

// Whether this rank is the one that makes and removes what belongs to the layout's folder or file.
bool owns(Layout layout, const Team& team) {
    return layout == Layout::apart || team.root();
}

void make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0) refuse_to_write(path, errno);
}

void make_entries(const Problem& problem, Layout layout, const Team& team) {
    const auto own = entries_of(problem, layout, team.rank);
    on_all(problem, team, [&] {
        if (owns(layout, team)) make_folder(own.folder);
    });
    if (problem.action == Action::create) return;
    on_all(problem, team, [&] { make_sized(problem, layout, own); });
}

// When nobody looks at them any more.
void remove_all(const Problem& problem, Layout layout, const Team& team, const std::string& path) {
    MPI_Barrier(team.comm);
    std::error_code failed;
    if (owns(layout, team)) std::filesystem::remove_all(path, failed);
    ++problem.turns[static_cast<std::size_t>(layout)];
    on_all(problem, team, [&] {
        if (failed) throw UsageError(fmt::format("cannot remove {}: {}", path, failed.message()));
    });
}

// What a rank found, so that it is something else if another rank found it: each is to look at its partner's.
std::int64_t found_by(int rank, Int128 found) {
    constexpr int bits = 40;  // of a checksum
    return folded(static_cast<std::uint64_t>(found) + (static_cast<std::uint64_t>(rank) << bits));
}

// Against the sum of all ranks' own.
Judgement judged(const Team& team, const Part& own, std::int64_t want) {
    const auto [got, wanted] = sums<2>(team, {static_cast<std::int64_t>(own.partial.whole), want});
    return {.check = {Number::of_whole(got), Number::of_whole(wanted)}, .own = own};
}

double percent(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0 || errno != ENOENT;
}

// What of this rank's bytes is not on storage, where a node keeps that alone when it is asked to forget them.
Residence look_for_unsynced(const Problem& problem, Layout layout, const Team& team) {
    Residence left;
    if (problem.keeps_pages) return left;
    const auto own = piece_of(problem, layout, team.rank);
    on_all(problem, team, [&] {
        if (is_there(own.path)) left = forget(own.path, own.offset, own.offset + own.bytes.size());
    });
    return left;
}

// The same, of what each rank was to find out itself.
Judgement judged_by_rank(const Team& team, Answer& answer, std::int64_t want) {
    answer.own.partial = Number::of_whole(found_by(team.rank, answer.own.partial.whole));
    return judged(team, answer.own, found_by(team.rank, want));
}

// The partner's part as the file system shows it to this rank; a file that is missing has nothing in it. Who
// was to call fsync() and left more than half of its bytes in memory has no answer.
Judgement judge_written(const Problem& problem, Layout layout, Answer& answer, const Team& team) {
    MPI_Barrier(team.comm);  // all have closed them
    const bool is_synced = problem.action == Action::fsync;
    const auto unsynced = is_synced ? look_for_unsynced(problem, layout, team) : Residence();
    const auto looked_at = piece_of(problem, layout, problem.partner.rank);
    Part found;
    on_all(problem, team, [&] {
        if (!is_there(looked_at.path)) return;
        DataFile file(looked_at.path, O_RDONLY);
        found = read_piece(problem, looked_at, file);
    });
    if (2 * unsynced.cached <= unsynced.pages) answer.own.partial = found.partial;
    auto judgement = judged(team, answer.own, checksum(problem, looked_at.bytes, salt_of(problem, layout)));
    if (is_synced) {
        const auto [cached, pages] = sums<2>(team, {unsynced.cached, unsynced.pages});
        judgement.observed = {{"unsynced_percent", percent(cached, pages)}};
    }
    remove_all(problem, layout, team, piece_of(problem, layout, team.rank).path);
    return judgement;
}

std::uint64_t altered_stamp(const Problem& problem, Layout layout) {
    return ~Content::stamp(0, salt_of(problem, layout));
}

Judgement judge_read(const Problem& problem, Layout layout, Answer& answer, const Team& team) {
    const auto piece = piece_of(problem, layout, problem.partner.rank);
    const auto salt = salt_of(problem, layout);
    auto want =
        problem.content->sum({piece.bytes.begin / sector_bytes, piece.bytes.end / sector_bytes}, salt);
    if (problem.altered && piece.bytes.begin == 0 && piece.bytes.size() > 0)
        want += altered_stamp(problem, layout) - Content::stamp(0, salt);  // times 1
    auto judgement = judged_by_rank(team, answer, folded(want));
    const bool is_alone = layout == Layout::alone;
    const auto& its = problem.residence;
    const auto [cached, pages, own_node, all] = sums<4>(
        team,
        {its.cached, its.pages, problem.partner.on_own_node ? piece.bytes.size() : 0, piece.bytes.size()});
    judgement.observed = {
        {"cached_percent", percent(cached, pages)},
        {"own_node_percent", is_alone ? 100 * problem.part_of_own_node : percent(own_node, all)}};
    return judgement;
}

Judgement judge_entries(const Problem& problem, Layout layout, Answer& answer, const Team& team) {
    MPI_Barrier(team.comm);
    const auto looked_at = entries_of(problem, layout, problem.partner.rank);
    std::int64_t want = looked_at.numbers.size();
    if (problem.action == Action::create) answer.own.partial = Number::of_whole(count_empty(looked_at));
    if (problem.action == Action::unlink) answer.own.partial = Number::of_whole(count_missing(looked_at));
    if (problem.action == Action::stat) {
        want = 0;
        for (auto number = looked_at.numbers.begin; number < looked_at.numbers.end; ++number)
            want += size_of(problem, layout, number);
    }
    auto judgement =
        problem.action == Action::stat ? judged_by_rank(team, answer, want) : judged(team, answer.own, want);
    remove_all(problem, layout, team, entries_of(problem, layout, team.rank).folder);
    return judgement;
}

// Writes the first word of the data: what is read is then another file.
void alter(const Problem& problem, const StorageVariant& variant, const Team& team) {
    problem.altered = !problem.altered;
    const auto layout = layout_of(variant);
    const auto word =
        problem.altered ? altered_stamp(problem, layout) : Content::stamp(0, salt_of(problem, layout));
    on_all(problem, team, [&] {
        if (!team.root()) return;
        const auto piece = piece_of(problem, layout, 0);
        DataFile file(piece.path, O_WRONLY);
        file.write({reinterpret_cast<const char*>(&word), sizeof word}, 0);
        file.sync();
        file.close();
    });
}

}  // namespace

void prepare(const Problem& problem, const StorageVariant& variant, const Team& team) {
    const auto layout = layout_of(variant);
    switch (problem.action) {
        case Action::write:
        case Action::fsync:
            return;
        case Action::read:
            return on_all(problem, team, [&] {
                const auto piece = piece_of(problem, layout, problem.partner.rank);
                problem.residence = forget(piece.path, piece.offset, piece.offset + piece.bytes.size());
            });
        case Action::create:
        case Action::stat:
        case Action::unlink:
            return make_entries(problem, layout, team);
    }
}

Judgement judge(const Problem& problem, const StorageVariant& variant, Answer& answer, const Team& team) {
    on_all(problem, team, [&] {
        if (!answer.failure.empty()) throw UsageError(answer.failure);
    });
    const auto layout = layout_of(variant);
    switch (problem.action) {
        case Action::write:
        case Action::fsync:
            return judge_written(problem, layout, answer, team);
        case Action::read:
            return judge_read(problem, layout, answer, team);
        default:
            return judge_entries(problem, layout, answer, team);
    }
}

Alter alter_of(Action action) {
    return action == Action::read ? alter : nullptr;
}

std::vector<Doubt> reads_from_cache(const Launch& launch) {
    std::vector<Doubt> doubts;
    for (std::size_t i = 0; i < launch.records.size(); ++i) {
        for (const auto& series : launch.records[i].observed) {
            if (series.name != "cached_percent" || series.values.empty()) continue;
            if (const double percent = median(series.values); percent >= 1)
                doubts.push_back({"read_from_cache", static_cast<int>(i), "", percent / 100});
        }
    }
    return doubts;
}

}  // namespace pacer::storage
