#include "apps/storage/data.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "common/parallel/random.hpp"

namespace pacer::storage {

namespace {

[[noreturn]] void refuse_to_read(const std::string& path, int error) {
    throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(error)));
}

// The blocks of a piece, one after the other, until `use` has enough.
template <class Use>
void for_each_block(const Problem& problem, Range bytes, const Use& use) {
    for (auto begin = bytes.begin; begin < bytes.end; begin += problem.block) {
        if (!use(Range{begin, std::min(begin + problem.block, bytes.end)})) return;
    }
}

}  // namespace

DataFile::DataFile(std::string path, int flags)
    : path_(std::move(path)), file_(::open(path_.c_str(), flags | O_CLOEXEC, 0600)) {
    if (file_.get() >= 0) return;
    if ((flags & O_ACCMODE) == O_RDONLY) refuse_to_read(path_, errno);
    refuse_to_write(path_, errno);
}

void DataFile::write(std::string_view bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse_to_write(path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
}

std::int64_t DataFile::read(void* to, std::int64_t bytes, std::int64_t offset) {
    std::int64_t done = 0;
    while (done < bytes) {
        const auto got = ::pread(file_.get(), static_cast<char*>(to) + done,
                                 static_cast<std::size_t>(bytes - done), offset + done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse_to_read(path_, errno);
        if (got == 0) break;
        done += got;
    }
    return done;
}

void DataFile::sync() {
    if (::fsync(file_.get()) != 0) refuse_to_write(path_, errno);
}

void DataFile::close() {
    if (file_.close() != 0) refuse_to_write(path_, errno);
}

Piece piece_of(const Problem& problem, Layout layout, int rank) {
    const Range all{0, problem.bytes};
    // The one rank that reads alone reads what all have written.
    const bool is_alone = layout == Layout::alone, reads = problem.action == Action::read;
    const auto kind = layout == Layout::apart ? "files" : is_alone && !reads ? "alone" : "shared";
    const auto turn = reads ? 0 : problem.turns[static_cast<std::size_t>(layout)];
    auto path = fmt::format("{}/{}-{}-{}", problem.folder, static_cast<int>(problem.action), kind, turn);
    if (is_alone) return {path, 0, all};
    const auto blocks = (problem.bytes + problem.block - 1) / problem.block;
    const auto share = part_of({0, blocks}, problem.ranks, rank);
    const auto place = [&](std::int64_t block) { return std::min(block * problem.block, problem.bytes); };
    const Range bytes{place(share.begin), place(share.end)};
    if (layout == Layout::together) return {path, bytes.begin, bytes};
    path += fmt::format(".{}", rank);
    return {path, 0, bytes};
}

std::uint64_t salt_of(const Problem& problem, Layout layout) {
    const bool reads = problem.action == Action::read;
    const auto turn = reads ? 0 : problem.turns[static_cast<std::size_t>(layout)];
    const auto kind =
        static_cast<std::uint64_t>(reads && layout == Layout::alone ? Layout::together : layout);
    const auto which = layouts * static_cast<std::uint64_t>(problem.action) + kind;
    return mixed(which << 48U | static_cast<std::uint64_t>(turn));
}

std::int64_t write_piece(const Problem& problem, const Piece& piece, std::uint64_t salt, DataFile& file) {
    for_each_block(problem, piece.bytes, [&](Range block) {
        const auto* words =
            problem.content->sectors(block.begin / sector_bytes, block.size() / sector_bytes, salt);
        file.write({reinterpret_cast<const char*>(words), static_cast<std::size_t>(block.size())},
                   piece.offset + block.begin - piece.bytes.begin);
        return true;
    });
    return piece.bytes.size();
}

Part read_piece(const Problem& problem, const Piece& piece, DataFile& file) {
    auto* const room = problem.content->room();
    std::int64_t bytes = 0;
    std::uint64_t sum = 0;
    for_each_block(problem, piece.bytes, [&](Range block) {
        const auto got = file.read(room, block.size(), piece.offset + block.begin - piece.bytes.begin);
        sum += sum_of_sectors(room, got / sector_bytes, block.begin / sector_bytes);
        bytes += got;
        return got == block.size();
    });
    return {bytes, Number::of_whole(sum)};
}

Answer attempt(const std::function<Part()>& work) {
    try {
        return {work(), {}};
    } catch (const UsageError& error) {
        return {{}, error.what()};
    }
}

void on_all(const Problem& problem, const Team& team, const std::function<void()>& work) {
    try {
        on_every_rank(team, work);
    } catch (const UsageError& error) {
        if (team.size == problem.ranks) throw;
        throw std::runtime_error(error.what());
    }
}

}  // namespace pacer::storage
