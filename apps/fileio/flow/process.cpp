#include "apps/fileio/flow/process.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <exception>
#include <utility>

#include "apps/fileio/flow/effort.hpp"
#include "common/base/clock.hpp"
#include "io/records/doubtful_commas.hpp"
#include "io/records/foreign.hpp"

namespace pacer::fileio {

namespace {

// Whether a number is of that size or more, or NaN. As whole numbers, whose signs are gathered, so that the
// compiler takes several at a time.
bool any_as_large_as(double least, std::span<const double> numbers) {
    const auto below = std::bit_cast<std::int64_t>(least) - 1;
    std::int64_t signs = 0;
    for (const double number : numbers) signs |= below - (std::bit_cast<std::int64_t>(number) & INT64_MAX);
    return signs < 0;
}

// Whether it begins with an identifier, a date and a word that touch, as in USW00094728194201TMAX: archives
// write fixed columns so.
bool begins_like_fixed_columns(std::string_view line) {
    constexpr auto digits_of_date = 6;
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
    const auto word = line.substr(0, line.find(' '));
    return !word.empty() && word.size() < line.size() && line.find_first_of(",;\t") == line.npos &&
           is_letter(word.front()) && is_letter(word.back()) &&
           std::count_if(word.begin(), word.end(), is_digit) >= digits_of_date;
}

}  // namespace

void Processor::process(const Handout& block, const TakePiece& take) {
    if (job_.watch != nullptr) job_.watch->in_file(thread_, block.path);
    piece_ = block.place;
    text_ = block.text.data();
    const auto* at = text_;
    const auto* const end = at + block.text.size();
    std::int64_t line = 0;  // of the piece
    const auto cut = [&](const char* next) {
        give(next, line, take);
        line = 0;
    };
    began_ = now_seconds();
    ends_run_ = EndsRun::goes_on;
    rows_follow_ = false;
    if (job_.calculation->programs) ask_program(block);
    while (at != end) {
        if (job_.stop != nullptr && job_.stop()) break;
        if (const auto rows = process_rows(at, end, line); rows > 0) {
            line += rows;
            if (builder_.bytes() > largest_piece_bytes) cut(at);
            continue;
        }
        const auto* const before = at;
        const auto fate = process_record(at, end, line);
        // Where commas may belong to numbers, every line that has some is looked at.
        rows_follow_ = takes_rows_ && fate == Fate::done &&
                       !(commas_unclear_ && piece_.first_record.commas == 0 && parser_.by_commas());
        auto ends_run = EndsRun::goes_on;
        if (fate == Fate::rejected && job_.on_error == OnError::stop) ends_run = EndsRun::as_asked;
        if (fate == Fate::lost) ends_run = EndsRun::anyhow;
        const bool ends = ends_run != EndsRun::goes_on;
        if (ends && line > 0) cut(before);  // what is done stays done
        ends_run_ = ends_run;
        if (fate == Fate::done) {
            builder_.add_done(line, parser_.ids());
            for (std::int64_t i = 1; i < record_lines_; ++i) builder_.add_skipped(line + i);
        } else {
            add_not_done(fate, line);
        }
        line += record_lines_;
        if (ends || builder_.bytes() > largest_piece_bytes) cut(at);
        if (ends) break;
    }
    if (line > 0) cut(at);
}

// The rows that follow a record and are like it, if nothing needs to be asked of each: how many.
std::int64_t Processor::process_rows(const char*& at, const char* end, std::int64_t line) {
    if (!rows_follow_) return 0;
    constexpr std::size_t numbers = 1024;  // stay in a core's nearest cache
    rows_.resize(numbers);
    const auto fields = parser_.fields().size();
    const auto rows = parser_.next_alike(at, end, rows_);
    const auto count = static_cast<std::size_t>(rows);
    rows_follow_ = (count + 1) * fields > numbers;
    if (rows == 0) return 0;
    if (job_.watch != nullptr) job_.watch->at(thread_, piece_.first_line + line);
    const auto read = std::span<const double>(rows_).first(count * fields);
    look_for_placeholder(read, fields, line);
    job_.calculation->calculate_rows(read, fields, builder_.room_for_results(count));
    builder_.add_done_lines(line, rows);
    return rows;
}

// The lines of what is not done: skipped, but for the one that is bad.
void Processor::add_not_done(Fate fate, std::int64_t line) {
    for (std::int64_t i = 0; i < record_lines_; ++i) {
        if (fate != Fate::skipped && i == bad_line_) {
            reject(line + i);
        } else {
            builder_.add_skipped(line + i);
        }
    }
}

// No record is being worked on.
void Processor::idle() {
    if (job_.watch != nullptr) job_.watch->leave(thread_);
}

Processor::Fate Processor::process_record(const char*& at, const char* end, std::int64_t line) {
    const char* const begin = at;
    record_lines_ = 1;
    bad_line_ = 0;
    has_doubtful_comma_ = false;
    if (line < piece_.header_lines) {
        parser_.next(at, end);
        if (!parser_.lone_cr()) return Fate::skipped;
        take_reason();
        return Fate::rejected;
    }
    const auto fate = job_.format.lines_per_record == 1 ? parse_line(at, end) : parse_lines(at, end);
    if (fate == Fate::rejected) advise_on_header(line, begin, at);
    if (fate != Fate::done) return fate;
    column_ = 1;
    if (!has_as_many_fields(line)) return Fate::rejected;
    is_rounded_ = std::any_of(rounded_.begin(), rounded_.end(), [&](auto field) { return gets(field); });
    if (!gets_all_fields_ && !choose_fields()) return Fate::rejected;
    if (is_rounded_ && rounded_line_ < 0) rounded_line_ = line;
    look_for_placeholder(got(), got().size(), line);
    if (has_doubtful_comma_ && comma_line_ < 0) comma_line_ = line;
    if (job_.watch != nullptr) job_.watch->at(thread_, piece_.first_line + line);
    if (job_.line != nullptr) job_.line->store(piece_.first_line + line);
    record_text_ = {begin, at};
    record_line_ = line;
    return calculate(job_.weights.of(piece_.first_index + line)) ? Fate::done : Fate::rejected;
}

void Processor::take_reason() {
    column_ = parser_.column();
    reason_ = parser_.reason();
}

Processor::Fate Processor::parse_line(const char*& at, const char* end, bool say_why) {
    const char* const line = at;
    switch (parser_.next(at, end)) {
        case RecordParser::Line::blank:
            return Fate::skipped;
        case RecordParser::Line::bad:
            if (say_why) take_reason();
            return Fate::rejected;
        case RecordParser::Line::record:
            break;
    }
    fields_ = parser_.fields();
    rounded_ = parser_.rounded();
    if (commas_unclear_ && piece_.first_record.commas == 0 && parser_.by_commas() &&
        doubt_of_commas({line, at}, job_.format.comment) != Commas::clear)
        has_doubtful_comma_ = true;
    return Fate::done;
}

// Lines that are one record together. All of them are read, whatever is wrong with one.
Processor::Fate Processor::parse_lines(const char*& at, const char* end) {
    const auto wanted = job_.format.lines_per_record;
    fields_of_lines_.clear();
    rounded_of_lines_.clear();
    fields_in_lines_.clear();
    auto fate = Fate::done;
    std::int64_t first_blank = -1;
    record_lines_ = 0;
    for (; record_lines_ < wanted && at != end; ++record_lines_) {
        const char* const begin = at;
        const auto of_line = parse_line(at, end, fate == Fate::done);
        if (of_line == Fate::skipped && first_blank < 0) first_blank = record_lines_;
        if (of_line == Fate::rejected && fate == Fate::done) fate = of_line, bad_line_ = record_lines_;
        fields_in_lines_.push_back(of_line == Fate::done      ? std::ssize(fields_)
                                   : of_line == Fate::skipped ? 0
                                                              : parser_.fields_if_numbers(begin, at));
        if (of_line != Fate::done) continue;
        for (const auto field : rounded_) rounded_of_lines_.push_back(fields_of_lines_.size() + field);
        fields_of_lines_.insert(fields_of_lines_.end(), fields_.begin(), fields_.end());
    }
    if (fate == Fate::done && fields_of_lines_.empty()) return Fate::skipped;
    if (!can_be_a_record(first_blank)) return Fate::lost;
    fields_ = fields_of_lines_;
    rounded_ = rounded_of_lines_;
    return fate;
}

// False, and why in reason_, if the lines just parsed show that records begin elsewhere.
bool Processor::can_be_a_record(std::int64_t first_blank) {
    const auto wanted = job_.format.lines_per_record;
    const auto& first = piece_.first_record;
    std::uint64_t shape = 0;
    for (const auto fields : fields_in_lines_) shape = shape_with(shape, fields);
    const bool unclear = std::count(fields_in_lines_.begin(), fields_in_lines_.end(), 0) > 0;
    const bool same_shape = !unclear && (first.fields == 0 || shape == first.shape);
    std::string why;
    auto line = bad_line_;
    if (first_blank >= 0) {
        why = fmt::format("a blank line or comment within a record of {} lines", wanted);
        line = first_blank;
    } else if (record_lines_ < wanted) {
        why = fmt::format("the file ends after {} of the record's {} lines", record_lines_, wanted);
    } else if (!job_.format.ragged && unclear) {
        why = reason_;
    } else if (!job_.format.ragged && !same_shape) {
        why = fmt::format("the record's lines have {} fields, unlike those of the record at line {}",
                          fmt::join(fields_in_lines_, ", "), first.line + 1);
    } else {
        return true;
    }
    if (why != reason_) column_ = 1;
    bad_line_ = line;
    reason_ = why + "; it is no longer known where records begin";
    return false;
}

bool Processor::comes_before_records(std::int64_t line) const {
    const auto& first = piece_.first_record;
    return first.fields == 0 || piece_.first_line + line < first.line;
}

// A line before the first record may be names of columns, whatever was taken for them.
void Processor::advise_on_header(std::int64_t line, const char* begin, const char* end) {
    const auto& format = job_.format;
    // Names are words, of any alphabet.
    const bool is_word = reason_.size() > 1 && reason_.front() == '\'' &&
                         std::isalpha(static_cast<unsigned char>(reason_[1])) != 0 &&
                         !reason_.ends_with("--missing");
    const bool is_text = reason_.starts_with("byte 0xc") || reason_.starts_with("byte 0xe");
    if (!comes_before_records(line) || !(is_word || is_text) || format.fields > 0 ||
        format.lines_per_record > 1)
        return;
    if (format.header) {
        const auto fields = format.widths.empty() ? parser_.fields_if_numbers(begin, end) : 0;
        if (fields > 0 && fields != format.named_fields)
            reason_ += fmt::format("; it is one of {} fields, but the header names {}: see --skip-header",
                                   fields, format.named_fields);
        return;
    }
    if (format.widths.empty() && begins_like_fixed_columns({begin, end})) {
        reason_ += "; for fixed columns see --width, and else --id, --columns";
        return;
    }
    reason_ += "; if this line names the columns, see --header, and else --skip-header, --id, --columns";
}

// False, and why in reason_, if the record has not as many fields as are wanted of it.
bool Processor::has_as_many_fields(std::int64_t line) {
    const auto wanted = wanted_fields_ > 0 ? wanted_fields_ : piece_.first_record.fields;
    if (std::ssize(fields_) == wanted || wanted == 0 || job_.format.ragged) return true;
    say_how_many_fields(wanted, line);
    return false;
}

void Processor::say_how_many_fields(std::int64_t wanted, std::int64_t line) {
    const auto& format = job_.format;
    const auto& first = piece_.first_record;
    const auto has = fmt::format("{} field{}", fields_.size(), fields_.size() == 1 ? "" : "s");
    if (format.fields > 0) {
        reason_ = fmt::format("{}, not the {} of --fields", has, wanted);
    } else if (format.header) {
        reason_ = fmt::format("{}, but the header names {}; see {}--ragged, --fields", has, wanted,
                              comes_before_records(line) ? "--skip-header, " : "");
    } else {
        ++ragged_;
        reason_ = fmt::format("{}, but line {} has {}; see {}--ragged, --lines-per-record", has,
                              first.line + 1, wanted, has_doubtful_comma_ ? "--decimal-comma, " : "");
    }
}

// Whether the calculation looks at a field that it is given.
bool Processor::gets(std::size_t field) const {
    return job_.calculation->takes_all || static_cast<std::int64_t>(field) < job_.calculation->fields;
}

// Those fields of the record.
std::span<const double> Processor::got() const {
    const auto& calculation = *job_.calculation;
    const auto wanted = static_cast<std::size_t>(calculation.fields);
    return calculation.takes_all || fields_.size() < wanted ? fields_ : fields_.first(wanted);
}

// Leaves those that the calculation is to have.
bool Processor::choose_fields() {
    const auto& format = job_.format;
    chosen_.clear();
    if (!format.columns.chosen()) {
        const auto& ids = format.id.numbers();
        for (std::size_t field = 0; field < fields_.size(); ++field) {
            if (std::find(ids.begin(), ids.end(), static_cast<std::int64_t>(field)) == ids.end())
                chosen_.push_back(fields_[field]);
        }
        fields_ = chosen_;
        return true;
    }
    is_rounded_ = false;
    for (const auto column : format.columns.numbers()) {
        const auto field = static_cast<std::size_t>(column);
        if (field >= fields_.size()) {
            reason_ = fmt::format("there is no column {} among {} fields", column + 1, fields_.size());
            return false;
        }
        if (gets(chosen_.size()))
            is_rounded_ = is_rounded_ || std::find(rounded_.begin(), rounded_.end(), field) != rounded_.end();
        chosen_.push_back(fields_[field]);
    }
    fields_ = chosen_;
    return true;
}

// The numbers that instruments, archives and netCDF write most often where they have none: the first of them
// in rows of so many fields, of which the first is that line.
void Processor::look_for_placeholder(std::span<const double> rows, std::size_t fields, std::int64_t line) {
    constexpr std::array<double, 7> usual = {-9999, -999, -99999, -999.9, 9.96921e36, 9.969209968386869e36,
                                             1e20};
    if (placeholder_line_ >= 0 || !any_as_large_as(999, rows)) return;
    const auto found = std::find_first_of(rows.begin(), rows.end(), usual.begin(), usual.end());
    if (found == rows.end()) return;
    placeholder_line_ = line + (found - rows.begin()) / static_cast<std::ptrdiff_t>(fields);
    placeholder_ = *found;
}

// The column of the record, from 1, that a field of the calculation is.
std::int64_t Processor::column_of(std::size_t field) const {
    const auto& format = job_.format;
    if (format.columns.chosen()) return format.columns.numbers()[field] + 1;
    auto ids = format.id.numbers();
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    auto column = static_cast<std::int64_t>(field);
    for (const auto id : ids) column += id <= column;
    return column + 1;
}

// Whether a value is missing that the calculation cannot do without; if so, which is in reason_.
bool Processor::misses_a_field() {
    const auto fields = got();
    for (std::size_t field = 0; field < fields.size(); ++field) {
        if (!std::isnan(fields[field])) continue;
        reason_ = fmt::format("the value in column {} is missing, and {} takes no missing values",
                              column_of(field), job_.calculation->name);
        return true;
    }
    return false;
}

// Has the program calculate all records of the block. They are then gone through once more, in the same way.
void Processor::ask_program(const Handout& block) {
    request_ = {block.path};
    if (job_.watch != nullptr) request_.at = [this](std::int64_t line) { job_.watch->at(thread_, line); };
    if (job_.watch == nullptr) request_.timeout_seconds = job_.record_timeout_seconds;
    asking_ = true;
    const auto* at = block.text.data();
    const auto* const end = at + block.text.size();
    for (std::int64_t line = 0; at != end; line += record_lines_) {
        const auto fate = process_record(at, end, line);
        if (fate == Fate::lost || (fate == Fate::rejected && job_.on_error == OnError::stop)) break;
    }
    asking_ = false;
    ragged_ = 0;
    rounded_line_ = placeholder_line_ = comma_line_ = -1;
    if (!request_.lines.empty()) request_.text += '\n';
    program_ = &job_.calculation->programs->of(thread_);
    program_->calculate(request_);
}

// The record as one line: as it is, or of the numbers if more is said of them than what separates them, which
// the program does not know.
void Processor::add_request() {
    request_.lines.push_back(piece_.first_line + record_line_);
    const auto& format = job_.format;
    if (format.columns.chosen() || format.must_be_cut() || format.decimal_comma) {
        fmt::format_to(std::back_inserter(request_.text), "{}\n", fmt::join(fields_, " "));
        return;
    }
    auto text = record_text_;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    for (const char c : text) {
        if (c != '\r') request_.text += c == '\n' ? ' ' : c;
    }
    request_.text += '\n';
}

// False, and why in reason_, if the record is to be rejected.
bool Processor::calculate(double weight) {
    const auto& calculation = *job_.calculation;
    if (std::ssize(fields_) < calculation.fields) {
        const auto& format = job_.format;
        const bool may_be_wrapped =
            gets_all_fields_ && !format.header && format.widths.empty() && format.lines_per_record == 1;
        reason_ = fmt::format("{} of the {} fields that {} needs{}", fields_.size(), calculation.fields,
                              calculation.name, may_be_wrapped ? "; see --lines-per-record" : "");
        return false;
    }
    if (refuses_missing_ && misses_a_field()) return false;
    if (asking_) {
        add_request();
        return true;
    }
    reason_.clear();
    try {
        if (program_ != nullptr) return program_->next_answer(builder_.room_for_results(), reason_);
        if (calculation.calculate(fields_, weight, builder_.room_for_results(), reason_)) {
            if (calculation.summarises) statistics_.add(fields_);
            return true;
        }
    } catch (const std::exception& error) {
        reason_ = error.what();
    } catch (...) {
        reason_ = "the calculation threw an exception of unknown type";
    }
    if (reason_.empty()) reason_ = "the calculation rejects the record";
    return false;
}

// The reason is anybody's text: in one line, of bounded length.
void Processor::reject(std::int64_t line) {
    constexpr std::size_t longest_reason = 500;
    if (reason_.size() > longest_reason) reason_.resize(longest_reason);
    std::replace_if(
        reason_.begin(), reason_.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    builder_.add_rejected(line, column_, reason_);
}

// Gives away the piece, which ends before `next` and has so many lines, and begins another one there.
void Processor::give(const char* next, std::int64_t lines, const TakePiece& take) {
    idle();  // what follows may wait for others
    if (job_.calculation->tidy) job_.calculation->tidy();
    auto place = piece_;
    place.bytes = next - text_;
    place.lines = lines;
    place.header_lines = std::min(place.header_lines, lines);
    Bytes statistics;
    if (job_.calculation->summarises) {
        statistics_.append_to(statistics);
        statistics_ = {};
    }
    count_lines_processed(lines);
    const double now = now_seconds();
    PieceHeader header;
    header.place = place;
    if (job_.hashes_text) header.text_hash = hash(text_, static_cast<std::size_t>(place.bytes));
    header.ends_run = ends_run_;
    header.ragged = std::exchange(ragged_, 0);
    header.comma_line = std::exchange(comma_line_, -1);
    header.rounded_line = std::exchange(rounded_line_, -1);
    header.placeholder_line = std::exchange(placeholder_line_, -1);
    header.placeholder = std::exchange(placeholder_, 0);
    header.seconds = now - began_;
    take(builder_.finish(header, statistics));
    began_ = now;
    text_ = next;
    piece_.offset += place.bytes;
    piece_.first_line += lines;
    piece_.first_index += lines;
    piece_.header_lines -= place.header_lines;
}

}  // namespace pacer::fileio
