#include "apps/fileio/delivery/max_rejected.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <system_error>

#include "common/base/status.hpp"
#include "common/base/units.hpp"

namespace pacer::fileio {

MaxRejected parse_max_rejected(const std::string& word) {
    if (!word.ends_with('%')) return {word, static_cast<double>(parse_count(word)), false};
    constexpr double whole = 100;
    double percent = 0;
    const char* const end = word.data() + word.size() - 1;
    const auto [behind, error] = std::from_chars(word.data(), end, percent);
    if (error != std::errc() || behind != end || !(percent >= 0 && percent <= whole))
        throw UsageError(fmt::format("--max-rejected {}: write a number of records, or 0% to 100%", word));
    return {word, percent, true};
}

void Ragged::add(std::string_view path, const PieceHeader& piece) {
    if (records == 0 && piece.ragged > 0)
        first_record = fmt::format("{}:{}", path, piece.place.first_record.line + 1);
    records += piece.ragged;
}

std::string why_not_right(const MaxRejected& max, std::int64_t done, std::int64_t rejected,
                          const Ragged& ragged) {
    const auto records = done + rejected;
    if (records == 0) return "the input has no records, so nothing was done";
    if (max.written.empty()) {
        if (ragged.records > done) {
            return fmt::format(
                "{} of {} records were rejected because their number of fields differs from that of the "
                "first record of their file, {}, which may be a stray line: see --skip-header, "
                "--max-rejected",
                ragged.records, records, ragged.first_record);
        }
        if (done > 0) return {};
        return records == 1 ? "the only record was rejected, so nothing was done"
                            : fmt::format("all {} records were rejected, so nothing was done", records);
    }
    // Not divided: 29 / 100 * 100 is less than 29.
    const double most = max.percent ? max.most * static_cast<double>(records) : max.most;
    if (static_cast<double>(rejected) * (max.percent ? 100 : 1) <= most) return {};
    return fmt::format("{} of {} records were rejected, more than --max-rejected {} allows", rejected,
                       records, max.written);
}

}  // namespace pacer::fileio
