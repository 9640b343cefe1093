// One table, written once, with five faces: text for terminals, CSV and JSON for programs, Markdown for a
// pull request, HTML for a page.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/units.hpp"

namespace pacer {

enum class Format { table, csv, json, markdown, html };

// Under the names that --format takes.
const std::map<std::string, Format>& formats();

// How the values of a column look to people; programs get them as they are.
struct Unit {
    bool is_text = false;                    // to the left; figures stand to the right
    std::string (*words)(double) = nullptr;  // of a number; null: the shortest that tells it exactly
    bool is_positive = false;                // what is not above 0 is absent
    bool is_part = false;                    // of 1: a page draws a bar
};
namespace unit {
inline constexpr Unit text{true}, figure{}, percent{false, format_percent},
    seconds{false, format_seconds, true}, ratio{false, format_ratio, true}, times{false, format_times, true},
    hundredths{false, format_hundredths, true}, bar{false, format_hundredths, true, true};
}  // namespace unit

// The faces that show a column, as a sum; Markdown has the columns of text.
namespace face {
inline constexpr unsigned text = 1, page = 2, csv = 4, json = 8, people = text | page, programs = csv | json,
                          all = people | programs;
}  // namespace face

struct Column {
    std::string key;      // in CSV and JSON; empty: for people alone
    std::string heading;  // for people; empty: for programs alone
    Unit unit;
    unsigned faces = face::all;
    std::string hint = {};  // that a page shows on demand
};

struct Cell {
    Cell() = default;
    template <class Value>
    requires std::constructible_from<Json, Value> Cell(Value given) : value(std::move(given)) {}
    template <class Value>
    Cell(const std::optional<Value>& given) : value(given ? Json(*given) : Json()) {}
    Cell(Json given, std::string words) : value(std::move(given)), text(std::move(words)) {}

    Cell marked(std::string_view word) && {
        mark = word;
        return std::move(*this);
    }

    Json value;             // null: absent. A page sorts figures by it
    std::string text = {};  // for people, instead of the value in the column's unit
    std::string mark = {};  // "good", "bad", "doubt": a colour; or another class of a page
    std::string html = {};  // markup instead of the text, where a page can show more
    bool ends_row = false;  // its text takes the place of the cells behind it on a terminal
};

// "4 x 1", sorted by the cores they make.
Cell shape_cell(int ranks, int threads);

// "490.1 ms .. 493.0 ms", sorted by its low end.
Cell seconds_interval(double low, double high);

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<Cell> cells);  // one a column
    bool empty() const { return rows_.empty(); }

    std::string text(bool colours = false) const;  // of a terminal
    std::string csv() const;                       // RFC 4180: a heading, a line a row; absent: empty
    Json json() const;                             // a list of objects; absent: null
    Json json(std::size_t row) const;              // one of them
    std::string markdown() const;
    // An element that sorts where there is a script. The name is for those who cannot see the page; the first
    // column names the rows.
    std::string html(std::string_view name) const;

  private:
    std::vector<std::size_t> shown_by(unsigned face) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

// A column with what it shows of a row: all that there is to say of it. The cell is a member of the row, or a
// function of it.
template <class Row>
struct ColumnOf {
    std::string key, heading;
    Unit unit;
    std::function<Cell(const Row&)> cell;
    unsigned faces = face::all;
    std::string hint = {};
};

template <class Row>
Table table_of(const std::vector<ColumnOf<Row>>& columns, const std::vector<Row>& rows) {
    std::vector<Column> heads;
    for (const auto& one : columns) heads.push_back({one.key, one.heading, one.unit, one.faces, one.hint});
    Table table(std::move(heads));
    for (const auto& row : rows) {
        std::vector<Cell> cells;
        cells.reserve(columns.size());
        for (const auto& column : columns) cells.push_back(column.cell(row));
        table.add(std::move(cells));
    }
    return table;
}

// Text made safe: as a field of a line of CSV (RFC 4180), within one line of Markdown, and for an element or
// a quoted attribute of HTML.
std::string csv_field(std::string_view text);
std::string markdown_text(std::string_view text);
std::string html_text(std::string_view text);

}  // namespace pacer
