#include "apps/fileio/segments/row_forecast.hpp"

#include <cstring>

namespace pacer::fileio {

void RowForecast::add_segment(bool is_counted) {
    counts_.push_back({not_counted, is_counted});
}

void RowForecast::count(std::int64_t segment, std::int64_t records) {
    counts_.at(static_cast<std::size_t>(segment)) = {records, records != not_counted};
}

void RowForecast::settle(std::int64_t segment, std::int64_t records) {
    auto& count = counts_.at(static_cast<std::size_t>(segment));
    if (count.records == not_counted) count = {records, true};
    if (count.records != records) holds_ = false;
}

std::int64_t RowForecast::row_of(std::int64_t segment) {
    const auto wanted = static_cast<std::size_t>(segment);
    while (rows_.size() <= wanted) {
        const auto& last = counts_.at(rows_.size() - 1);
        if (last.records == not_counted) return last.is_counted ? later : not_soon;
        rows_.push_back(rows_.back() + last.records);
    }
    return holds_ ? rows_[wanted] : not_soon;
}

std::int64_t count_record_lines(std::span<const char> text, std::int64_t header_lines,
                                std::string_view comment) {
    std::int64_t lines = 0, records = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (; at != end; ++lines) {
        const auto* const newline =
            static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        const char* const line_end = newline == nullptr ? end : newline;
        while (at != line_end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
        if (lines >= header_lines && at != line_end && comment.find(*at) == comment.npos) ++records;
        at = newline == nullptr ? end : newline + 1;
    }
    return records;
}

}  // namespace pacer::fileio
