#include "io/first_record.hpp"

#include <algorithm>
#include <string_view>

namespace pacer {

namespace {

// Whether a line that is a record is digits, a comma and digits.
bool is_one_comma_in_digits(std::string_view line) {
    line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t+-"), line.size()));
    return std::count(line.begin(), line.end(), ',') == 1 &&
           line.find_first_not_of("0123456789,") == std::string_view::npos;
}

}  // namespace

// Without fields: these lines are none. Moves `at` behind them. A word that is no number makes a line bad,
// but of several lines it must not be another record, by how blocks are cut, that the others are measured by.
FirstRecord FirstRecordFinder::read_record(const char*& at, const char* end, std::int64_t line) {
    FirstRecord record{line, 0, 0};
    bool good = true;
    for (std::int64_t i = 0; i < lines_per_record_ && at != end; ++i) {
        const char* const begin = at;
        auto fields = parser_.next(at, end) == RecordParser::Line::record ? std::ssize(parser_.fields()) : 0;
        if (fields == 0 && lines_per_record_ > 1) fields = parser_.fields_if_numbers(begin, at);
        good = good && fields > 0;
        record.fields += fields;
        if (lines_per_record_ > 1) record.shape = shape_with(record.shape, fields);
    }
    return good ? record : FirstRecord();
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
        const char* const begin = at;
        if (const auto record = read_record(at, end, line); record.fields > 0) {
            found_ = record;
            may_be_decimal_ = decimal_comma_unclear_ && is_one_comma_in_digits({begin, at});
            return;
        }
        line += lines_per_record_;
    }
}

}  // namespace pacer
