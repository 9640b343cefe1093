#include "apps/fileio/flow/tally.hpp"

#include <fmt/format.h>

#include <bit>

#include "io/records/block.hpp"

namespace pacer::fileio {

namespace {

// A hash of what became of a record: its results, or why it was rejected.
class RecordHash {
  public:
    void add(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio: odd, without a pattern
        state_ ^= state_ >> 32;
    }
    std::uint32_t value() const { return static_cast<std::uint32_t>(state_ ^ state_ >> 29); }

  private:
    std::uint64_t state_ = 0x243F6A8885A308D3u;  // pi's fraction: a record of zeros must not hash to zero
};

}  // namespace

void Tally::add(const Piece& piece) {
    const auto& header = piece.header();
    done += header.done;
    rejected += header.rejected;
    skipped += header.skipped;
    if (violation.empty()) violation = piece.violation();
    Int128 sum = 0, at_lines = 0;  // of hashes; of each times its line in the piece
    const auto count = [&](std::uint32_t line, const RecordHash& hash) {
        sum += hash.value();
        at_lines += std::uint64_t{line} * hash.value();
    };
    const auto* value = piece.values().data();
    const auto ids = piece.ids();
    auto id = ids.begin();
    for (const auto line : piece.done()) {
        RecordHash hash;
        for (std::int64_t i = 0; i < header.results; ++i) hash.add(std::bit_cast<std::uint64_t>(*value++));
        for (std::int64_t i = 0; i < header.ids; ++i, ++id) hash.add(pacer::hash(id->data(), id->size()));
        count(line, hash);
    }
    for (const auto& rejection : piece.rejected()) {
        RecordHash hash;
        hash.add(static_cast<std::uint64_t>(rejection.column));
        hash.add(pacer::hash(rejection.reason.data(), rejection.reason.size()));
        count(static_cast<std::uint32_t>(rejection.line), hash);
    }
    hashes += sum;
    checksum += (header.place.first_index + 1) * sum + at_lines;
    if (!piece.statistics().empty()) statistics.merge(Statistics::read(piece.statistics()));
}

void Tally::add(const Tally& other) {
    done += other.done;
    rejected += other.rejected;
    skipped += other.skipped;
    checksum += other.checksum;
    hashes += other.hashes;
    if (violation.empty()) violation = other.violation;
    statistics.merge(other.statistics);
}

void TallyOfParts::add(const Piece& piece, std::size_t part) {
    const auto before = all_.hashes;
    all_.add(piece);
    hashes_[part] += all_.hashes - before;
}

Tally TallyOfParts::moved_back(const std::vector<std::int64_t>& lines) const {
    auto moved = all_;
    for (std::size_t part = 0; part < hashes_.size(); ++part) moved.checksum += lines[part] * hashes_[part];
    return moved;
}

std::string conservation(std::int64_t lines, std::int64_t done, std::int64_t rejected, std::int64_t skipped) {
    return fmt::format("records in {} = done {} + rejected {} + skipped {}", lines, done, rejected, skipped);
}

}  // namespace pacer::fileio
