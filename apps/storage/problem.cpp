// Making the problems: who reads whose data, and the files that are read.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "apps/storage/data.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::storage {

namespace {

Action action_named(std::string_view name) {
    const auto row = std::find_if(experiments.begin(), experiments.end(),
                                  [&](const auto& group) { return group.problem == name; });
    return static_cast<Action>(row - experiments.begin());
}

bool is_about_data(Action action) {
    return action == Action::write || action == Action::fsync || action == Action::read;
}

// The node of each rank, by the rank that is the first on it.
std::vector<int> nodes_of(const Team& world) {
    int mine = world.rank;
    MPI_Bcast(&mine, 1, MPI_INT, 0, world.node);
    std::vector<int> all(static_cast<std::size_t>(world.size));
    MPI_Allgather(&mine, 1, MPI_INT, all.data(), 1, MPI_INT, world.comm);
    return all;
}

// Takes the room that all this will want at once, so that a full file system is met before anything is timed.
void try_room(const Settings& settings, const std::vector<Problem>& problems) {
    bool writes = false, reads = false;
    for (const auto& problem : problems) {
        writes = writes || problem.action == Action::write || problem.action == Action::fsync;
        reads = reads || problem.action == Action::read;
    }
    const auto files = (writes ? 1 : 0) + (reads ? 2 : 0);  // to be read: one of each rank, and one of all
    if (files > 0) PartFile(problems.front().folder + "/room").reserve(files * settings.bytes);
}

// Each rank its part, in a file of its own and in one for all, on storage when it returns. A launch that is
// asked to stop will not read them, so it soon leaves them as they are.
void write_files(const Problem& problem, const Team& world) {
    for (const auto layout : {Layout::apart, Layout::together}) {
        on_all(problem, world, [&] {
            const auto all = piece_of(problem, layout, world.rank);
            DataFile file(all.path, O_WRONLY | O_CREAT);
            for (auto rest = all; rest.bytes.size() > 0 && !stop_requested();) {
                auto part = rest;
                part.bytes.end = std::min(part.bytes.begin + 64 * problem.block, rest.bytes.end);
                const auto written = write_piece(problem, part, salt_of(problem, layout), file);
                rest.bytes.begin += written;
                rest.offset += written;
            }
            if (stop_requested()) return;
            file.sync();
            file.close();
        });
    }
}

// Whether more than half of a block that each rank has just put on storage is still in its node's page cache.
bool keeps_pages(const Problem& problem, const Team& world, std::int64_t bytes) {
    std::array<std::int64_t, 2> pages{};
    on_all(problem, world, [&] {
        const Piece piece{fmt::format("{}/trial.{}", problem.folder, world.rank), 0, {0, bytes}};
        DataFile file(piece.path, O_WRONLY | O_CREAT);
        write_piece(problem, piece, 0, file);
        file.sync();
        file.close();
        const auto found = forget(piece.path, 0, bytes);
        pages = {found.pages, found.cached};
        ::unlink(piece.path.c_str());
    });
    MPI_Allreduce(MPI_IN_PLACE, pages.data(), 2, MPI_INT64_T, MPI_SUM, world.comm);
    return 2 * pages[1] > pages[0];
}

double part_written_by(const Problem& problem, const std::vector<int>& node_of, int node) {
    std::int64_t bytes = 0;
    for (int rank = 0; rank < problem.ranks; ++rank) {
        if (node_of[static_cast<std::size_t>(rank)] == node)
            bytes += piece_of(problem, Layout::together, rank).bytes.size();
    }
    return static_cast<double>(bytes) / static_cast<double>(problem.bytes);
}

}  // namespace

void check(const Settings& settings) {
    constexpr std::int64_t largest_block = 1 << 30;
    const auto is_of_sectors = [](std::int64_t bytes) { return bytes > 0 && bytes % sector_bytes == 0; };
    if (!is_of_sectors(settings.bytes)) throw UsageError("-n wants a multiple of 512 bytes");
    if (!is_of_sectors(settings.block) || settings.block > largest_block)
        throw UsageError("--block wants a multiple of 512 bytes, 1Gi at most");
    if (settings.files < 1) throw UsageError("--files wants 1 file at least");
    if (settings.folder.empty()) throw UsageError("--folder wants the name of a folder");
}

// The ranks node after node; each reads what that one wrote which is as many places on as the largest node
// has ranks.
std::vector<int> partners(const std::vector<int>& node_of) {
    const auto ranks = node_of.size();
    std::vector<int> order(ranks), partner_of(ranks);
    std::iota(order.begin(), order.end(), 0);
    const auto node = [&](int rank) { return node_of[static_cast<std::size_t>(rank)]; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return node(a) < node(b); });
    std::map<int, std::size_t> ranks_on;
    std::size_t largest = 0;
    for (const int one : node_of) largest = std::max(largest, ++ranks_on[one]);
    const auto shift = largest == ranks ? 1 : largest;
    for (std::size_t i = 0; i < ranks; ++i)
        partner_of[static_cast<std::size_t>(order[i])] = order[(i + shift) % ranks];
    return partner_of;
}

std::vector<Problem> make_problems(const Team& world, const Settings& settings, const std::string& folder,
                                   const Groups& chosen) {
    const auto node_of = nodes_of(world);
    const auto content = std::make_shared<Content>(settings.block);
    const auto rank = static_cast<std::size_t>(world.rank);
    const int partner = partners(node_of)[rank];
    std::vector<Problem> problems;
    for (const auto& group : chosen) {
        auto& problem = problems.emplace_back();
        problem.action = action_named(group.problem);
        if (is_about_data(problem.action))
            problem.bytes = settings.bytes;
        else
            problem.files = settings.files;
        problem.block = settings.block;
        problem.folder = folder;
        problem.ranks = world.size;
        problem.partner = {partner, node_of[static_cast<std::size_t>(partner)] == node_of[rank]};
        if (problem.bytes > 0) problem.part_of_own_node = part_written_by(problem, node_of, node_of[0]);
        problem.content = content;
    }
    on_root(world, [&] { try_room(settings, problems); });
    for (auto& problem : problems) {
        if (problem.action == Action::fsync || problem.action == Action::read)
            problem.keeps_pages = keeps_pages(problem, world, std::min(settings.block, settings.bytes));
        if (problem.action == Action::read) write_files(problem, world);
    }
    return problems;
}

Facts parameters(const Problem& problem) {
    const auto& name = experiments[static_cast<std::size_t>(problem.action)].problem;
    Facts facts = {{"action", std::string(name)}};
    if (!is_about_data(problem.action)) {
        facts.emplace_back("files", problem.files);
        return facts;
    }
    facts.emplace_back("bytes", problem.bytes);
    facts.emplace_back("block", problem.block);
    if (problem.action == Action::read) facts.emplace_back("from", problem.keeps_pages ? "cache" : "storage");
    return facts;
}

// No limit: what a storage can do at best no probe tells.
void describe(const Problem& problem, const StorageVariant&, Record& record) {
    record.work = is_about_data(problem.action) ? Work{problem.bytes, problem.bytes} : Work{problem.files};
}

}  // namespace pacer::storage
