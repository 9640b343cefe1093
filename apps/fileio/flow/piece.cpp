#include "apps/fileio/flow/piece.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

namespace pacer::fileio {

namespace {

// Takes parts off the front of a run of bytes.
class Cutter {
  public:
    explicit Cutter(std::span<const char> bytes) : rest_(bytes) {}

    template <class T>
    std::span<const T> take(std::int64_t count) {
        if (count < 0 || static_cast<std::size_t>(count) > rest_.size() / sizeof(T)) {
            throw std::invalid_argument("a piece of results is shorter than it says");
        }
        const auto bytes = static_cast<std::size_t>(count) * sizeof(T);
        const std::span<const T> part(reinterpret_cast<const T*>(rest_.data()),
                                      static_cast<std::size_t>(count));
        rest_ = rest_.subspan(bytes);
        return part;
    }
    bool empty() const { return rest_.empty(); }

  private:
    std::span<const char> rest_;
};

}  // namespace

std::string describe(std::string_view path, const BlockPlace& place, const Rejected& rejected) {
    return fmt::format("{}:{}:{}: {}", path, place.first_line + rejected.line + 1, rejected.column,
                       rejected.reason);
}

void PieceBuilder::grow(std::size_t values) {
    constexpr std::size_t fewest = 1024;
    values_.resize(std::max({2 * values_.size(), fewest * width(), values}));
}

void PieceBuilder::add_done_lines(std::int64_t line, std::int64_t lines) {
    const auto before = done_.size(), count = static_cast<std::size_t>(lines);
    done_.resize(before + count);
    std::iota(done_.begin() + static_cast<std::ptrdiff_t>(before), done_.end(),
              static_cast<std::uint32_t>(line));
    bytes_ += count * (width() * sizeof(double) + sizeof(std::uint32_t));
}

void PieceBuilder::add_id(std::string_view id) {
    id_lengths_.push_back(static_cast<std::uint32_t>(id.size()));
    id_text_ += id;
    bytes_ += sizeof(std::uint32_t) + id.size();
}

void PieceBuilder::add_rejected(std::int64_t line, std::int64_t column, std::string_view reason) {
    rejections_.push_back({static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column),
                           static_cast<std::uint32_t>(reason.size())});
    reasons_ += reason;
    bytes_ += sizeof(Rejection) + reason.size();
}

void PieceBuilder::add(const Piece& piece, std::int64_t line) {
    const auto* value = piece.values().data();
    const auto ids = piece.ids();
    std::span<const std::string_view> ids_left = ids;
    for (const auto done : piece.done()) {
        std::copy_n(value, width(), room_for_results().data());
        value += width();
        add_done(line + done, ids_left.first(ids_));
        ids_left = ids_left.subspan(ids_);
    }
    for (const auto skipped : piece.skipped()) add_skipped(line + skipped);
    for (const auto& rejected : piece.rejected()) {
        add_rejected(line + rejected.line, rejected.column, rejected.reason);
    }
}

Bytes PieceBuilder::finish(PieceHeader header, std::span<const char> statistics) {
    header.done = static_cast<std::int64_t>(done_.size());
    header.rejected = static_cast<std::int64_t>(rejections_.size());
    header.skipped = static_cast<std::int64_t>(skipped_.size());
    header.results = results_;
    header.reasons_bytes = static_cast<std::int64_t>(reasons_.size());
    header.statistics_bytes = static_cast<std::int64_t>(statistics.size());
    header.ids = static_cast<std::int64_t>(ids_);
    header.ids_bytes = static_cast<std::int64_t>(id_text_.size());
    for (const auto length : id_lengths_)
        header.longest_id = std::max(header.longest_id, std::int64_t{length});
    Bytes piece;
    piece.reserve(bytes() + statistics.size());
    append(piece, &header, 1);
    append(piece, values_.data(), done_.size() * width());
    append(piece, done_.data(), done_.size());
    append(piece, skipped_.data(), skipped_.size());
    append(piece, rejections_.data(), rejections_.size());
    append(piece, id_lengths_.data(), id_lengths_.size());
    append(piece, reasons_.data(), reasons_.size());
    append(piece, id_text_.data(), id_text_.size());
    append(piece, statistics.data(), statistics.size());
    done_.clear();
    skipped_.clear();
    rejections_.clear();
    reasons_.clear();
    id_lengths_.clear();
    id_text_.clear();
    bytes_ = sizeof(PieceHeader);
    return piece;
}

Piece::Piece(std::span<const char> bytes) {
    Cutter cutter(bytes);
    header_ = cutter.take<PieceHeader>(1).data();
    const auto& h = *header_;
    constexpr std::int64_t most = std::int64_t{1} << 32;
    constexpr std::int64_t most_ids = std::int64_t{1} << 20;
    if (std::max({h.done, h.results, h.place.lines}) > most || std::min({h.done, h.results, h.ids}) < 0 ||
        h.ids > most_ids) {
        throw std::invalid_argument("a piece of results has impossible lengths");
    }
    values_ = cutter.take<double>(h.done * std::min(h.results, most / std::max<std::int64_t>(h.done, 1)));
    done_ = cutter.take<std::uint32_t>(h.done);
    skipped_ = cutter.take<std::uint32_t>(h.skipped);
    rejections_ = cutter.take<PieceBuilder::Rejection>(h.rejected);
    id_lengths_ = cutter.take<std::uint32_t>(h.done * h.ids);
    const auto reasons = cutter.take<char>(h.reasons_bytes);
    reasons_ = {reasons.data(), reasons.size()};
    const auto id_text = cutter.take<char>(h.ids_bytes);
    id_text_ = {id_text.data(), id_text.size()};
    statistics_ = cutter.take<char>(h.statistics_bytes);
    std::int64_t reasons_bytes = 0;
    for (const auto& rejection : rejections_) reasons_bytes += rejection.reason_bytes;
    std::int64_t ids_bytes = 0;
    for (const auto length : id_lengths_) ids_bytes += length;
    if (!cutter.empty() || reasons_bytes != h.reasons_bytes || ids_bytes != h.ids_bytes) {
        throw std::invalid_argument("a piece of results is longer than it says");
    }
}

std::vector<Rejected> Piece::rejected() const {
    std::vector<Rejected> list;
    std::size_t at = 0;
    for (const auto& rejection : rejections_) {
        list.push_back({rejection.line, rejection.column, reasons_.substr(at, rejection.reason_bytes)});
        at += rejection.reason_bytes;
    }
    return list;
}

std::vector<std::string_view> Piece::ids() const {
    std::vector<std::string_view> list;
    list.reserve(id_lengths_.size());
    std::size_t at = 0;
    for (const auto length : id_lengths_) {
        list.push_back(id_text_.substr(at, length));
        at += length;
    }
    return list;
}

std::string Piece::violation() const {
    const auto lines = static_cast<std::size_t>(place().lines);
    const auto name = [&](std::size_t line, std::string_view fate) {
        return fmt::format("line {} is {}", place().first_line + static_cast<std::int64_t>(line) + 1, fate);
    };
    if (done_.size() == lines && skipped_.empty() && rejections_.empty()) {  // as nearly always
        std::uint32_t differing = 0;  // bits; without a branch, so that several lines are compared at a time
        for (std::size_t line = 0; line < lines; ++line) {
            differing |= done_[line] ^ static_cast<std::uint32_t>(line);
        }
        if (differing == 0) return {};
    }
    // A merge of three ascending lists, which together must be 0, 1, 2, ...
    std::size_t done = 0, skipped = 0, rejected = 0;
    for (std::size_t line = 0; line < lines; ++line) {
        int times = 0;
        for (; done < done_.size() && done_[done] == line; ++done) ++times;
        for (; skipped < skipped_.size() && skipped_[skipped] == line; ++skipped) ++times;
        for (; rejected < rejections_.size() && rejections_[rejected].line == line; ++rejected) ++times;
        if (times == 0) return name(line, "lost");
        if (times > 1) return name(line, "there twice");
    }
    if (done < done_.size()) return name(done_[done], "there twice or does not belong there");
    if (skipped < skipped_.size()) return name(skipped_[skipped], "there twice or does not belong there");
    if (rejected < rejections_.size()) {
        return name(rejections_[rejected].line, "there twice or does not belong there");
    }
    return {};
}

}  // namespace pacer::fileio
