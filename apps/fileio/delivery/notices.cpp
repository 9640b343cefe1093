#include "apps/fileio/delivery/notices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "common/base/say.hpp"
#include "common/measure/progress.hpp"

namespace pacer::fileio {

namespace {

void say(const std::string& sentence) {
    progress::clear();
    pacer::say("fileio: {}\n", sentence);
}

// "columns 1 to 3", "column 5", "columns 2, 7".
std::string written(const std::vector<std::int64_t>& columns) {
    const auto count = std::ssize(columns);
    if (count == 1) return fmt::format("column {}", columns[0]);
    const auto gap = [](std::int64_t left, std::int64_t right) { return right != left + 1; };
    if (count > 2 && std::adjacent_find(columns.begin(), columns.end(), gap) == columns.end())
        return fmt::format("columns {} to {}", columns.front(), columns.back());
    return fmt::format("columns {}", fmt::join(columns, ", "));
}

}  // namespace

void Notices::of_reading(const Reader& reader, const BlockPlace& place) {
    if (const auto& line = reader.header_record(); line && !header_said_) {
        header_said_ = true;
        say(
            fmt::format("warning: {}:{} is skipped as a header, but looks like a record; --skip-header "
                        "and --header apply to every input file",
                        line->path, line->line));
    }
    if (const auto& line = reader.decimal_record()) of_commas(line->path, line->line);
    const auto fields = place.first_record.fields;
    if (fields == 0) return;
    const auto& path = reader.files()[static_cast<std::size_t>(place.file)].path;
    if (first_fields_ == 0) {
        first_path_ = path;
        first_fields_ = fields;
        of_columns(fields);
    }
    if (fields != first_fields_) of_other_fields(path, fields);
}

void Notices::of_commas(std::string_view path, std::int64_t line) {
    if (decimal_said_) return;
    decimal_said_ = true;
    if (format_.decimal_comma) {
        return say(fmt::format(
            "warning: {}:{} is read as several numbers; leave out blanks between thousands if 1 234,5 is "
            "one number, or confirm with --separator blank",
            path, line));
    }
    say(
        fmt::format("warning: {}:{} is read as several numbers; use --decimal-comma if 12,5 is one number, "
                    "leave out commas between thousands, or confirm with --separator comma",
                    path, line));
}

// For a calculation that uses fewer columns than there are.
void Notices::of_columns(std::int64_t fields) {
    std::vector<std::int64_t> given = format_.columns.numbers(), used, ignored;
    const auto& ids = format_.id.numbers();
    for (std::int64_t column = 0; !format_.columns.chosen() && column < fields; ++column) {
        if (std::find(ids.begin(), ids.end(), column) == ids.end()) given.push_back(column);
    }
    if (calculation_.takes_all || calculation_.fields >= std::ssize(given)) return;
    for (const auto column : given)
        (std::ssize(used) < calculation_.fields ? used : ignored).push_back(column + 1);
    say(fmt::format(
        "{} uses {} of the {} numbers of a record: it gets {}, and {} {} ignored; choose others "
        "with --columns",
        calculation_.name, calculation_.fields, given.size(), used.empty() ? "none" : written(used),
        written(ignored), ignored.size() == 1 ? "is" : "are"));
}

// Each file by itself is in order, but its columns may be others.
void Notices::of_other_fields(const std::string& path, std::int64_t fields) {
    if (other_fields_said_) return;
    other_fields_said_ = true;
    say(fmt::format("warning: records have {} numbers in {}, and {} in {}", first_fields_, first_path_,
                    fields, path));
}

void Notices::of_piece(std::string_view path, const PieceHeader& piece) {
    if (const auto line = piece.comma_line; line >= 0) of_commas(path, piece.place.first_line + line + 1);
    if (const auto line = piece.placeholder_line; line >= 0 && !placeholder_said_) {
        placeholder_said_ = true;
        say(fmt::format(
            "warning: {0}:{1} has {2:.7g}, which often stands for a missing value; if it does, --missing "
            "{2:.7g} keeps it from being taken for a number",
            path, piece.place.first_line + line + 1, piece.placeholder));
    }
    const auto line = piece.rounded_line;
    if (line < 0 || line == piece.placeholder_line || rounded_said_) return;
    rounded_said_ = true;
    say(
        fmt::format("warning: {}:{} has a whole number beyond 2^53, which loses digits; if it is an "
                    "identifier, keep it as it is with --id, or leave it out with --columns",
                    path, piece.place.first_line + line + 1));
}

void Notices::of_ends(const OpenEnds& open_ends) {
    if (open_ends.files == 0) return;
    const auto& [path, line] = open_ends.first;
    const auto others = open_ends.files - 1;
    say(fmt::format(
        "warning: {}:{} is the last line and has no newline: it may have been cut{}", path, line,
        others == 0 ? "" : fmt::format("; so may {} other file{}", others, others == 1 ? "" : "s")));
}

void Notices::of_walk(const LeftOut& left_out, const std::string& again) {
    if (!again.empty())
        say(fmt::format("warning: {} is given twice, and its records count twice; name each input once",
                        again));
    if (left_out.entries == 0) return;
    const auto others = left_out.entries - 1;
    say(fmt::format(
        "{} ({}){} left out: folders give regular files whose names neither begin with a dot nor end in "
        ".part, and what links lead to once",
        left_out.first, left_out.why,
        others == 0 ? " is" : fmt::format(" and {} other{} are", others, others == 1 ? "" : "s")));
}

}  // namespace pacer::fileio
