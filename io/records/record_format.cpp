#include "io/records/record_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "common/base/split.hpp"
#include "common/base/status.hpp"
#include "io/records/any_number.hpp"

namespace pacer {

namespace {

constexpr std::size_t most_widths = 65536;  // more are a mistake

// Reads --width.
class WidthReader {
  public:
    explicit WidthReader(const std::string& written) : written_(written), rest_(written) {}

    std::vector<Width> read() {
        std::vector<Width> widths = read_list(true);
        if (!rest_.empty()) refuse();
        if (std::all_of(widths.begin(), widths.end(), [](const Width& width) { return width.passed_over; }))
            throw UsageError(fmt::format("--width {} leaves no field", written_));
        return widths;
    }

  private:
    [[noreturn]] void refuse() const {
        throw UsageError(
            fmt::format("--width {}: write the fields' widths in characters, such as 8,8,6; 3x passes over "
                        "3, and 31(5,3x) stands for 31 such pairs",
                        written_));
    }

    std::int64_t read_number() {
        constexpr std::int64_t most = 1'000'000;
        std::int64_t number = 0;
        const auto [behind, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (error != std::errc() || number < 1 || number > most) refuse();
        rest_.remove_prefix(static_cast<std::size_t>(behind - rest_.data()));
        return number;
    }

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::vector<Width> read_list(bool outermost) {
        std::vector<Width> widths;
        do {
            const auto number = read_number();
            if (outermost && take('(')) {
                const auto inner = read_list(false);
                if (!take(')')) refuse();
                if (inner.size() * static_cast<std::size_t>(number) > most_widths) refuse();
                for (std::int64_t i = 0; i < number; ++i)
                    widths.insert(widths.end(), inner.begin(), inner.end());
            } else {
                widths.push_back({number, take('x')});
            }
            if (widths.size() > most_widths) refuse();
        } while (take(','));
        return widths;
    }

    const std::string& written_;
    std::string_view rest_;
};

// What comments may begin with: nothing that numbers do, or that separates them.
void check_comment(const RecordFormat& format) {
    for (const char c : format.comment) {
        const bool separates =
            (c == ',' && format.separator != Separator::blank && format.separator != Separator::tab &&
             format.separator != Separator::semicolon) ||
            (c == ';' && (format.decimal_comma || format.separator == Separator::semicolon));
        if (c > ' ' && c <= '~' && c != '"' &&
            std::string_view("0123456789+-.").find(c) == std::string::npos && !separates)
            continue;
        throw UsageError(
            fmt::format("--comment {}: '{}' cannot begin comments, since it is part of numbers, or separates "
                        "or encloses fields",
                        format.comment, c));
    }
}

void contradict(bool both, const char* one, const char* other) {
    if (both) throw UsageError(fmt::format("{} and {} contradict each other", one, other));
}

}  // namespace

std::string_view name_of(Separator separator) {
    constexpr std::string_view names[] = {"automatic", "blank", "tab", "comma", "semicolon"};
    return names[static_cast<std::size_t>(separator)];
}

MissingWords::MissingWords(const std::string& written) : written_(written) {
    for (const auto part : split(written, ',')) {
        const std::string word(part);
        if (word.empty()) {
            throw UsageError(
                fmt::format("--missing {}: a word is missing; write 'empty' for an empty field", written_));
        }
        if (word == "empty") {
            has_empty_ = true;
            continue;
        }
        words_.push_back(word);
        std::string plain;
        double value = 0;
        if (read_any_number(word, false, plain, value) && std::isfinite(value)) numbers_.push_back(value);
    }
}

void MissingWords::check(const RecordFormat& format) const {
    constexpr std::string_view digits = "0123456789";
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (format.is_comment(words_[i].front())) {
            throw UsageError(fmt::format(
                "--missing {}: '{}' begins a comment, so no field is {}; say what else does, or none, with "
                "--comment",
                written_, words_[i].front(), words_[i]));
        }
        if (format.decimal_comma && i > 0 && words_[i].find_first_not_of(digits) == std::string::npos &&
            digits.find(words_[i - 1].back()) != digits.npos) {
            throw UsageError(
                fmt::format("--missing {}: commas separate its words, whatever they do in the input; write "
                            "numbers with a point, {}.{}, or with a sign, +{}",
                            written_, words_[i - 1], words_[i], words_[i]));
        }
    }
}

bool MissingWords::has(std::string_view word) const {
    return word.empty() ? has_empty_ : std::find(words_.begin(), words_.end(), word) != words_.end();
}

bool MissingWords::has(double value) const {
    return std::find(numbers_.begin(), numbers_.end(), value) != numbers_.end();
}

std::vector<Width> parse_widths(const std::string& written) {
    return WidthReader(written).read();
}

void RecordFormat::check() const {
    contradict(decimal_comma && separator == Separator::comma, "--decimal-comma", "--separator comma");
    contradict(fields > 0 && ragged, "--fields", "--ragged");
    if (lines_per_record < 1) throw UsageError("--lines-per-record must be at least 1");
    if (!widths.empty()) {
        contradict(separator != Separator::automatic, "--width", "--separator");
        contradict(trailing_separator, "--width", "--trailing-separator");
    }
    check_comment(*this);
    missing.check(*this);
    for (const auto* list : {&columns, &id}) {
        if (!header && list->has_names()) {
            throw UsageError(fmt::format(
                "{} {} {} a column by name: give --header, and the first line of each file is its names",
                list == &id ? "--id" : "--columns", list->written(), "chooses"));
        }
    }
    if (lines_per_record == 1) return;
    // Where in its record a line is shows only when all lines are read as numbers.
    contradict(header, "--header", "--lines-per-record");
    contradict(id.chosen(), "--id", "--lines-per-record");
    contradict(!widths.empty(), "--width", "--lines-per-record");
}

void RecordFormat::take_names(const std::vector<std::string>& names, std::string_view where) {
    named_fields = static_cast<std::int64_t>(names.size());
    columns.resolve(names, where);
    id.resolve(names, where);
}

std::vector<Said> said_of(const RecordFormat& format) {
    std::vector<Said> all;
    const auto text = [&](const char* option, const std::string& value, const std::string& usual) {
        all.push_back({option, value.empty() ? usual : value, value.empty() || value == usual});
    };
    const auto flag = [&](const char* option, bool value) {
        all.push_back({option, std::string(value ? "yes" : "no"), !value});
    };
    const auto count = [&](const char* option, std::int64_t value, std::int64_t usual) {
        all.push_back({option, value, value == usual});
    };
    text("separator", std::string(name_of(format.separator)), "automatic");
    flag("decimal-comma", format.decimal_comma);
    flag("trailing-separator", format.trailing_separator);
    text("width", format.widths_written, "separated");
    text("comment", format.comment.empty() ? "none" : format.comment, "#");
    flag("header", format.header);
    text("columns", format.columns.written(), "all");
    text("id", format.id.written(), "none");
    text("missing", format.missing.written(), "none");
    count("fields", format.fields, 0);
    flag("ragged", format.ragged);
    count("lines-per-record", format.lines_per_record, 1);
    return all;
}

}  // namespace pacer
