#include "common/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pacer {

namespace {

constexpr std::string_view absent = "-";

// As programs want it; what is no number is absent.
struct Plain {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(double number) const {
        return std::isfinite(number) ? fmt::format("{}", number) : std::string();
    }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(const auto&) const { return {}; }
};

std::string words_of(const Cell& cell, const Column& column) {
    if (!cell.text.empty()) return cell.text;
    if (cell.value.is_null()) return std::string(absent);
    const auto number = cell.value.number();
    return number && column.unit.words != nullptr ? column.unit.words(*number) : cell.value.visit(Plain{});
}

std::string_view colour_of(std::string_view mark) {
    return mark == "bad" ? "\x1b[31m" : mark == "good" ? "\x1b[32m" : mark == "doubt" ? "\x1b[33m" : "";
}

std::string with(std::string_view attribute, std::string_view value) {
    return value.empty() ? std::string() : fmt::format(" {}=\"{}\"", attribute, html_text(value));
}

std::string html_cell(const Cell& cell, const Column& column, bool is_name) {
    const auto number = cell.value.number();
    const bool has_bar = column.unit.is_part && number.has_value();
    auto classes = cell.mark;
    if (!column.unit.is_text) classes += " figure";
    if (cell.value.is_null()) classes += " absent";
    if (has_bar) classes += " bar";
    classes.erase(0, classes.find_first_not_of(' '));
    auto text = std::string(is_name ? "<th scope=\"row\"" : "<td");
    text += with("class", classes);
    if (number && !column.unit.is_text) text += with("data-value", fmt::format("{}", *number));
    if (has_bar) text += with("style", fmt::format("--part: {:.1f}%", 100 * std::min(*number, 1.0)));
    text += ">";
    text += cell.html.empty() ? html_text(words_of(cell, column)) : cell.html;
    return text + (is_name ? "</th>" : "</td>");
}

}  // namespace

const std::map<std::string, Format>& formats() {
    static const std::map<std::string, Format> all = {{"table", Format::table},
                                                      {"csv", Format::csv},
                                                      {"json", Format::json},
                                                      {"markdown", Format::markdown},
                                                      {"html", Format::html}};
    return all;
}

Cell shape_cell(int ranks, int threads) {
    return {static_cast<double>(ranks) * threads, fmt::format("{} x {}", ranks, threads)};
}

Cell seconds_interval(double low, double high) {
    return {low, fmt::format("{} .. {}", format_seconds(low), format_seconds(high))};
}

std::vector<std::size_t> Table::shown_by(unsigned face) const {
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& name = (face & face::people) != 0 ? columns_[i].heading : columns_[i].key;
        if ((columns_[i].faces & face) != 0 && !name.empty()) shown.push_back(i);
    }
    return shown;
}

void Table::add(std::vector<Cell> cells) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].unit.is_positive && !(cells.at(i).value.number().value_or(1) > 0))
            cells[i].value = {};
    }
    rows_.push_back(std::move(cells));
}

// The last word of a line is followed by no blanks.
std::string Table::text(bool colours) const {
    const auto shown = shown_by(face::text);
    std::vector<std::vector<std::string>> lines(1 + rows_.size());
    std::vector<std::size_t> widths;
    for (const auto column : shown) {
        lines[0].push_back(columns_[column].heading);
        widths.push_back(width_of(columns_[column].heading));
        for (std::size_t row = 0; row < rows_.size(); ++row) {
            const auto& cell = rows_[row][column];
            lines[row + 1].push_back(words_of(cell, columns_[column]));
            if (!cell.ends_row) widths.back() = std::max(widths.back(), width_of(lines[row + 1].back()));
        }
    }
    std::string text;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        for (std::size_t i = 0; i < shown.size(); ++i) {
            const auto* cell = line == 0 ? nullptr : &rows_[line - 1][shown[i]];
            const auto& words = lines[line][i];
            const bool ends = cell != nullptr && cell->ends_row, is_last = ends || i + 1 == shown.size();
            const bool is_left = columns_[shown[i]].unit.is_text || ends;
            const std::string blanks(widths[i] - std::min(widths[i], width_of(words)), ' ');
            const auto colour = colours && cell != nullptr ? colour_of(cell->mark) : "";
            text += fmt::format("{}{}{}{}{}{}", is_left ? "" : blanks, colour, words,
                                colour.empty() ? "" : "\x1b[0m", is_left && !is_last ? blanks : "",
                                is_last ? "\n" : "  ");
            if (is_last) break;
        }
    }
    return text;
}

std::string Table::csv() const {
    const auto shown = shown_by(face::csv);
    std::string text;
    for (const auto column : shown) text += (text.empty() ? "" : ",") + csv_field(columns_[column].key);
    text += "\n";
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < shown.size(); ++i)
            text += (i == 0 ? "" : ",") + csv_field(row[shown[i]].value.visit(Plain{}));
        text += "\n";
    }
    return text;
}

Json Table::json(std::size_t row) const {
    auto object = Json::object();
    for (const auto column : shown_by(face::json)) object.add(columns_[column].key, rows_[row][column].value);
    return object;
}

Json Table::json() const {
    auto list = Json::list();
    for (std::size_t row = 0; row < rows_.size(); ++row) list.push_back(json(row));
    return list;
}

std::string Table::markdown() const {
    const auto shown = shown_by(face::text);
    std::string text = "|", rule = "|";
    for (const auto column : shown) {
        text += " " + markdown_text(columns_[column].heading) + " |";
        rule += columns_[column].unit.is_text ? ":--|" : "--:|";
    }
    text += "\n" + rule + "\n";
    for (const auto& row : rows_) {
        text += "|";
        for (const auto column : shown) {
            const std::string_view stress = row[column].mark == "bad" ? "**" : "";
            text +=
                fmt::format(" {0}{1}{0} |", stress, markdown_text(words_of(row[column], columns_[column])));
        }
        text += "\n";
    }
    return text;
}

std::string Table::html(std::string_view name) const {
    const auto shown = shown_by(face::page);
    std::string text = fmt::format(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n<thead><tr>",
        html_text(name));
    for (const auto column : shown) {
        const auto& [key, heading, unit, faces, hint] = columns_[column];
        text += fmt::format("<th scope=\"col\"{}{}>{}</th>", with("class", unit.is_text ? "" : "figure"),
                            with("title", hint), html_text(heading));
    }
    text += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows_) {
        text += "<tr>";
        for (std::size_t i = 0; i < shown.size(); ++i)
            text += html_cell(row[shown[i]], columns_[shown[i]], i == 0);
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char letter : text) {
        if (letter == '"') quoted += '"';
        quoted += letter;
    }
    quoted += '"';
    return quoted;
}

std::string markdown_text(std::string_view text) {
    std::string safe;
    for (const char letter : text) {
        if (std::string_view("\\|*_`<[]").find(letter) != std::string_view::npos) safe += '\\';
        safe += letter == '\n' || letter == '\r' ? ' ' : letter;
    }
    return safe;
}

std::string html_text(std::string_view text) {
    constexpr std::string_view letters = "&<>\"'";
    constexpr std::string_view names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    std::string safe;
    safe.reserve(text.size());
    for (const char letter : text) {
        const auto at = letters.find(letter);
        if (at == std::string_view::npos) {
            safe += letter;
        } else {
            safe += names[at];
        }
    }
    return safe;
}

}  // namespace pacer
