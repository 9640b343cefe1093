// A sheet to draw on: a growing gnuplot script, laid out in cells of one character, so that text and pictures
// share one layout.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/timings/drawing/drawing.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

// Text as a gnuplot string without special meaning. Control characters become spaces, and what is not UTF-8
// becomes question marks.
std::string gnuplot_string(std::string_view text);
std::string gnuplot_tic(std::string_view text);                  // % would be a format there
std::string shortened(std::string_view text, std::size_t most);  // "..." at the end if it was longer

using Tics = std::vector<std::pair<double, std::string>>;  // where, and what it says

// At most about `most` round numbers from low to high.
Tics time_tics(double low, double high, int most);       // seconds, for a logarithmic axis: "20 ms", "1 min"
Tics count_tics(double first, double last, int most);    // whole numbers
Tics even_time_tics(double low, double high, int most);  // for a linear axis, all in one unit; high > low
Tics ratio_tics(double low, double high, int most);      // around 1, for a logarithmic axis: "-1 %", "x2"
// Round ones for a logarithmic axis: "20 GB/s" with the unit "B/s", "2 M" without; powers of two: "64 KiB".
Tics decimal_tics(double low, double high, int most, std::string_view unit);
Tics size_tics(double low, double high, int most);
std::string text_of(const Tics& tics);  // as gnuplot takes them: ('1 s' 1, ...)

// The unit in which times up to this one are short.
struct TimeUnit {
    std::string_view name;
    double seconds;
};
TimeUnit unit_for(double seconds);

class Sheet {
  public:
    Sheet(Canvas canvas, int columns);

    bool is_text() const { return canvas_ == Canvas::text; }
    double columns() const { return columns_; }
    void set_lines(double lines) { lines_ = lines; }  // the sheet's height; to be said before anything else
    // Edges of cells in gnuplot's screen coordinates. In text these go from the middle of the first character
    // to that of the last.
    double across(double column) const {
        return is_text() ? (column - 0.5) / (columns_ - 1) : column / columns_;
    }
    double up(double line) const { return 1 - (is_text() ? (line - 0.5) / (lines_ - 1) : line / lines_); }

    // A line of the script.
    template <class... Arguments>
    void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        script_ += fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
    }

    // Begins a plot in that rectangle, in cells from the sheet's left and top. Labels and tics of earlier
    // plots do not carry over.
    void begin_plot(double left, double top, double right, double bottom);
    // The same for one of several plots in a column, from `line` to `last_line`: above it what it is `about`,
    // below it the name of its axis, to the right its key.
    void begin_keyed_plot(double left, double line, double top, double right, double last_line,
                          std::string_view about, std::string_view axis);
    // In text: what to plot for points that are letters, whose name is in the key.
    std::string lettered(std::size_t number, const std::vector<std::vector<double>>& points,
                         std::string_view name, double right, double top);
    // Text on the sheet, at the middle of a line; `side` is left, right or center, of the point.
    void write(double column, double line, std::string_view text, std::string_view side = "left");
    void write_title(std::string_view title, std::string_view explanation);

    // Adds rows of numbers under a new name, which it returns.
    std::string data(const std::vector<std::vector<double>>& rows);

    static constexpr std::size_t colours = 8;
    std::string colour(std::size_t number) const;  // of a palette; they come again
    // The same for `lc rgb variable`; a translucent one lets the grid and its own kind shine through.
    double rgb(std::size_t number, bool translucent = false) const;
    std::string ink() const;  // of text and axes
    double ink_rgb() const;
    std::string faint() const;  // of the grid

    // Hands everything to gnuplot.
    std::string drawn(std::string_view title) const;

  private:
    std::string terminal() const;

    Canvas canvas_;
    double columns_, lines_ = 0;
    std::string script_;
    int labels_ = 0, blocks_ = 0;
};

// The kinds. Each throws UsageError if there is nothing to draw.
void draw_ladder(Sheet& sheet, const std::vector<Case>& cases);
void draw_distribution(Sheet& sheet, const std::vector<Case>& cases);
void draw_samples(Sheet& sheet, const std::vector<Case>& cases);
bool has_balance(const Case& one);  // it ran on several ranks, and their seconds are known
void draw_balance(Sheet& sheet, const std::vector<Case>& cases);
void draw_sweep(Sheet& sheet, const std::vector<Case>& cases);
void draw_scaling(Sheet& sheet, const std::vector<Case>& cases, const std::vector<std::string>& wanted);

// "mpi 4 x 1", with the variant's name shortened if it would be longer than `most`.
std::string label_of(const CaseKey& key, std::size_t most);
// "elements 1000", "reduce, elements 1000": what differs between the cases.
std::string group_name(const CaseKey& key, const std::vector<Case>& cases);
// A number for each variant, by first appearance: it has the same colour throughout a drawing.
std::size_t variant_number(const std::string& variant, const std::vector<Case>& cases);

}  // namespace pacer::timings
