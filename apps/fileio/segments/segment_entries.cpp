#include "apps/fileio/segments/segment_entries.hpp"

#include <numeric>
#include <vector>

#include "io/records/block.hpp"

namespace pacer::fileio {

namespace {

// What is stored of a piece apart begins so. What follows is the rest of the piece, but for the list of the
// lines that are done, if all are.
struct ApartHead {
    std::int64_t row = 0;
    std::uint64_t numbers_hash = 0;
    PieceHeader header{};
};

bool all_done(const PieceHeader& header) {
    return header.done == header.place.lines;
}

ApartHead head_of(std::span<const char> stored) {
    ApartHead head;
    std::memcpy(&head, stored.data(), sizeof head);
    return head;
}

// With room for its numbers.
Bytes joined(const PieceHeader& header, std::span<const char> rest) {
    const auto numbers = static_cast<std::size_t>(header.done * header.results) * sizeof(double);
    std::vector<std::uint32_t> lines(all_done(header) ? static_cast<std::size_t>(header.done) : 0);
    std::iota(lines.begin(), lines.end(), 0U);
    Bytes bytes;
    bytes.reserve(sizeof header + numbers + lines.size() * sizeof(std::uint32_t) + rest.size());
    append(bytes, &header, 1);
    bytes.resize(bytes.size() + numbers);
    append(bytes, lines.data(), lines.size());
    append(bytes, rest.data(), rest.size());
    return bytes;
}

}  // namespace

PlacedPiece piece_in(const EntryLog& log, const LogName& name, const EntryLog::Entry& entry) {
    const auto kind = kind_of(entry);
    if (kind == SegmentEntry::piece)
        return {name, entry.position, std::ssize(entry.content), -1, value_in<PieceHeader>(log, entry)};
    if (kind != SegmentEntry::apart) return value_in<PlacedPiece>(log, entry);
    const auto head = value_in<ApartHead>(log, entry);
    return {name, entry.position, std::ssize(entry.content), head.row, head.header};
}

Bytes without_numbers_to_store(std::span<const char> bytes, std::int64_t row) {
    const Piece piece(bytes);
    const auto numbers = piece.values();
    const ApartHead head{row, hash(numbers.data(), numbers.size_bytes()), piece.header()};
    auto rest = bytes.subspan(sizeof(PieceHeader) + numbers.size_bytes());
    if (all_done(head.header)) rest = rest.subspan(piece.done().size_bytes());
    Bytes stored;
    append(stored, &head, 1);
    append(stored, rest.data(), rest.size());
    return stored;
}

Bytes piece_without_numbers(std::span<const char> stored) {
    auto header = head_of(stored).header;
    header.results = 0;
    return joined(header, stored.subspan(sizeof(ApartHead)));
}

Bytes piece_with_numbers(std::span<const char> stored, const GrowingResults& results) {
    const auto head = head_of(stored);
    auto piece = joined(head.header, stored.subspan(sizeof head));
    const std::span numbers(reinterpret_cast<double*>(piece.data() + sizeof(PieceHeader)),
                            static_cast<std::size_t>(head.header.done * head.header.results));
    const bool there = results.read(head.row, static_cast<std::size_t>(head.header.results), numbers) &&
                       hash(numbers.data(), numbers.size_bytes()) == head.numbers_hash;
    return there ? piece : Bytes();
}

bool is_piece_apart(std::span<const char> stored) {
    if (stored.size() < sizeof(ApartHead)) return false;
    const auto header = head_of(stored).header;
    constexpr std::int64_t most = std::int64_t{1} << 24;  // numbers; a piece has fewer
    return header.done >= 0 && header.done <= most && header.results >= 0 && header.results <= most &&
           header.done * header.results <= most;
}

}  // namespace pacer::fileio
