#include "io/records/first_record.hpp"

#include <algorithm>

namespace pacer {

// Without fields: these lines are none. Moves `at` behind them. A word that is no number makes a line bad,
// but of several lines it must not be another record, by how blocks are cut, that the others are measured by.
FirstRecord FirstRecordFinder::read_record(const char*& at, const char* end, std::int64_t line) {
    FirstRecord record;
    record.line = line;
    bool good = true;
    doubt_ = Commas::clear;
    for (std::int64_t i = 0; i < lines_per_record_ && at != end; ++i) {
        const char* const begin = at;
        auto fields = parser_.next(at, end) == RecordParser::Line::record ? std::ssize(parser_.fields()) : 0;
        if (fields == 0 && lines_per_record_ > 1) fields = parser_.fields_if_numbers(begin, at);
        good = good && fields > 0;
        record.commas |= parser_.by_commas() ? 1 : 0;
        if (blanks_unclear_ && may_have_blanks_in_number({begin, at}, comments_))
            doubt_ = std::max(doubt_, Commas::doubtful);
        if (commas_unclear_) doubt_ = std::max(doubt_, doubt_of_commas({begin, at}, comments_));
        record.fields += fields;
        if (lines_per_record_ > 1) record.shape = shape_with(record.shape, fields);
    }
    if (good && (expected_fields_ == 0 || record.fields == expected_fields_)) return record;
    doubt_ = Commas::clear;
    return {};
}

void FirstRecordFinder::look(const char* at, const char* end, std::int64_t before, std::int64_t header) {
    if (found_.fields > 0) return;
    for (auto line = before; at != end;) {
        if (line < header) {
            const bool record = parser_.next(at, end) == RecordParser::Line::record;
            if (record && !header_record_) header_record_ = line;
            ++line;
            continue;
        }
        if (const auto record = read_record(at, end, line); record.fields > 0) {
            found_ = record;
            return;
        }
        line += lines_per_record_;
    }
}

}  // namespace pacer
