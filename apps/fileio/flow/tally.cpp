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
    Int128 at(std::int64_t index) const {
        return static_cast<Int128>(index + 1) * static_cast<std::uint32_t>(state_ ^ state_ >> 29);
    }

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
    const auto first = header.place.first_index;
    const auto* value = piece.values().data();
    const auto ids = piece.ids();
    auto id = ids.begin();
    for (const auto line : piece.done()) {
        RecordHash hash;
        for (std::int64_t i = 0; i < header.results; ++i) hash.add(std::bit_cast<std::uint64_t>(*value++));
        for (std::int64_t i = 0; i < header.ids; ++i, ++id) hash.add(pacer::hash(id->data(), id->size()));
        checksum += hash.at(first + line);
    }
    for (const auto& rejection : piece.rejected()) {
        RecordHash hash;
        hash.add(static_cast<std::uint64_t>(rejection.column));
        hash.add(pacer::hash(rejection.reason.data(), rejection.reason.size()));
        checksum += hash.at(first + rejection.line);
    }
    if (!piece.statistics().empty()) statistics.merge(Statistics::read(piece.statistics()));
}

std::string conservation(std::int64_t lines, std::int64_t done, std::int64_t rejected, std::int64_t skipped) {
    return fmt::format("records in {} = done {} + rejected {} + skipped {}", lines, done, rejected, skipped);
}

}  // namespace pacer::fileio
