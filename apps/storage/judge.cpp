// What is done before and after the clock: making files, looking at what became of them, and removing them.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"
#include "common/measure/statistics.hpp"

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

// How many bytes or files of each rank's `all` are right.
Judgement judged(const Team& team, const Answer& answer, std::int64_t right, std::int64_t all) {
    const auto [got, want] = sums<2>(team, {right, all});
    return {.check = {Number::of_whole(got), Number::of_whole(want)},
            .own = Part{answer.own.items, Number::of_whole(right)}};
}

Range sectors_of(const Piece& piece) {
    return {piece.bytes.begin / sector_bytes, piece.bytes.end / sector_bytes};
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
    const auto end = own.offset + own.bytes.size();
    on_all(problem, team, [&] {
        if (is_there(own.path)) forget(own.path, own.offset, end);
    });
    // When all have asked: of two ranks that have a node forget the same page at once only one succeeds.
    on_all(problem, team, [&] {
        if (is_there(own.path)) left = residence(own.path, own.offset, end);
    });
    return left;
}

// The partner's part as the file system shows it to this rank; a file that is missing has nothing in it. Who
// was to call fsync() and left more than half of its bytes in memory has none right.
Judgement judge_written(const Problem& problem, Layout layout, const Answer& answer, const Team& team) {
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
    const auto want = problem.content->sum(sectors_of(looked_at), salt_of(problem, layout));
    const bool is_right = found.partial.whole == want && 2 * unsynced.cached <= unsynced.pages;
    const auto bytes = looked_at.bytes.size();
    auto judgement = judged(team, answer, is_right ? bytes : 0, bytes);
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

Judgement judge_read(const Problem& problem, Layout layout, const Answer& answer, const Team& team) {
    const auto piece = piece_of(problem, layout, problem.partner.rank);
    const auto bytes = piece.bytes.size();
    const auto salt = salt_of(problem, layout);
    auto want = problem.content->sum(sectors_of(piece), salt);
    if (problem.altered && piece.bytes.begin == 0 && bytes > 0)
        want += altered_stamp(problem, layout) - Content::stamp(0, salt);  // times 1
    auto judgement = judged(team, answer, answer.own.partial.whole == want ? bytes : 0, bytes);
    const auto& its = problem.residence;
    const auto [cached, pages, own_node] =
        sums<3>(team, {its.cached, its.pages, problem.partner.on_own_node ? bytes : 0});
    judgement.observed = {{"cached_percent", percent(cached, pages)},
                          {"own_node_percent", layout == Layout::alone ? 100 * problem.part_of_own_node
                                                                       : percent(own_node, problem.bytes)}};
    return judgement;
}

std::int64_t right_entries(const Problem& problem, Layout layout, const Answer& answer) {
    const auto looked_at = entries_of(problem, layout, problem.partner.rank);
    if (problem.action == Action::create) return count_empty(looked_at);
    if (problem.action == Action::unlink) return count_missing(looked_at);
    std::int64_t sizes = 0;
    for (auto number = looked_at.numbers.begin; number < looked_at.numbers.end; ++number)
        sizes += size_of(problem, layout, number);
    return answer.own.partial.whole == sizes ? looked_at.numbers.size() : 0;
}

Judgement judge_entries(const Problem& problem, Layout layout, const Answer& answer, const Team& team) {
    MPI_Barrier(team.comm);
    const auto looked_at = entries_of(problem, layout, problem.partner.rank);
    auto judgement = judged(team, answer, right_entries(problem, layout, answer), looked_at.numbers.size());
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
