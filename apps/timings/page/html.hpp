// What the report is written with: text made safe for HTML, tables that sort, pictures within the page.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::timings::html {

// Text for an element or a quoted attribute. Everything that comes from a dump goes through it: whoever
// wrote the dump is not trusted.
std::string escape(std::string_view text);

// An image element that holds the drawing itself. As an image none of its scripts would run, and its names
// cannot meet those of another drawing; its text is dark or light as the page's is.
std::string image(std::string_view drawing, std::string_view description);

// "1 launch", "24 launches"
std::string counted(std::size_t count, std::string_view one, std::string_view many);

// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& words, std::size_t most);

// "15.6 – 23.0 ms": the unit once if both have the same.
std::string range(std::string_view low, std::string_view high);

struct Cell {
    std::string content;          // HTML
    std::optional<double> value;  // what a figure is sorted by; other cells sort by their text
    std::string classes = {};
    std::string style = {};
};
Cell text(std::string_view shown);
Cell figure(double value, std::string_view shown);
Cell figure(std::size_t count);
Cell absent(std::string_view why = {});  // a dash, sorted last

struct Column {
    std::string title, hint = {};
    bool is_figure = true;
};

class Table {
  public:
    // The name is for those who cannot see the page.
    Table(std::string name, std::vector<Column> columns);

    // A cell a column; the first names the row.
    void add(const std::vector<Cell>& cells);
    bool empty() const { return rows_.empty(); }
    std::string html() const;

  private:
    std::string name_, rows_;
    std::vector<Column> columns_;
};

// Part of the page that is folded until asked for.
std::string folded(std::string_view title, std::string_view content);

}  // namespace pacer::timings::html
