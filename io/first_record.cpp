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

// 0: these lines are none. Moves `at` behind them.
std::int64_t FirstRecordFinder::fields_of_record(const char*& at, const char* end) {
    std::int64_t fields = 0;
    bool good = true;
    for (std::int64_t i = 0; i < lines_per_record_ && at != end; ++i) {
        good = parser_.next(at, end) == RecordParser::Line::record && good;
        if (good) fields += std::ssize(parser_.fields());
    }
    return good ? fields : 0;
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
        if (const auto fields = fields_of_record(at, end); fields > 0) {
            found_ = {line, fields};
            may_be_decimal_ = decimal_comma_unclear_ && is_one_comma_in_digits({begin, at});
            return;
        }
        line += lines_per_record_;
    }
}

}  // namespace pacer
