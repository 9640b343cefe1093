// Bandwidth and time per item over a parameter that takes many values.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/timings/drawing/sheet.hpp"
#include "apps/timings/scaling/sweeps.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

using Lines = std::vector<const SweepLine*>;

// One plot: the lines of one sweep that have the same unit.
struct Panel {
    const Sweep* sweep = nullptr;
    Lines lines;
    bool is_rate = false;
};

std::vector<Panel> panels_of(const std::vector<Sweep>& sweeps) {
    std::vector<Panel> panels;
    for (const auto& sweep : sweeps) {
        for (const bool is_rate : {true, false}) {
            Panel panel{&sweep, {}, is_rate};
            for (const auto& line : sweep.lines) {
                if (line.is_rate == is_rate) panel.lines.push_back(&line);
            }
            if (!panel.lines.empty()) panels.push_back(std::move(panel));
        }
    }
    return panels;
}

struct Frame {
    double left = 0, right = 0, low = 0, high = 0;  // of the axes, with room around what was measured
    // The position of a value of the parameter: 0 at the left, 1 at the right.
    double across(double at) const { return std::log(at / left) / std::log(right / left); }
};

Frame frame_of(const Panel& panel) {
    const auto& first = panel.lines.front()->points.front();
    Frame frame{first.at, first.at, first.low, first.high};
    for (const auto* line : panel.lines) {
        for (const auto& point : line->points) {
            frame.left = std::min(frame.left, point.at);
            frame.right = std::max(frame.right, point.at);
            frame.low = std::min(frame.low, point.low);
            frame.high = std::max(frame.high, point.high);
        }
    }
    return {frame.left / 1.2, frame.right * 1.2, frame.low / 1.3, frame.high * 1.3};
}

std::string label(const SweepLine& line, const Lines& all, std::size_t most) {
    const bool alone = std::all_of(all.begin(), all.end(), [&](const SweepLine* other) {
        return other == &line || other->variant != line.variant;
    });
    if (alone && line.ranks * line.threads == 1) return shortened(line.variant, most);
    return label_of({{}, line.variant, line.ranks, line.threads, {}}, most);
}

std::string about(const Panel& panel, bool alone) {
    const auto& sweep = *panel.sweep;
    std::string text = panel.is_rate ? "bandwidth" : "time per item";
    if (alone) return text;
    return sweep.app + ", " + text + (sweep.others.empty() ? "" : ", " + words_of(sweep.others));
}

constexpr double header = 3;
constexpr std::size_t longest_name = 24;

double key_columns(const Panel& panel) {
    std::size_t width = 6;
    for (const auto* line : panel.lines)
        width = std::max(width, width_of(label(*line, panel.lines, longest_name)));
    return static_cast<double>(width) + 8;
}

double height(const Sheet& sheet) {
    return sheet.is_text() ? 20 : 22;
}

std::string short_size(double bytes) {
    constexpr std::array units = {"B", "KiB", "MiB", "GiB"};
    std::size_t power = 0;
    for (; bytes >= 1024 && power + 1 < units.size(); ++power) bytes /= 1024;
    return fmt::format("{:.4g} {}", bytes, units.at(power));
}

// The caches within the plot, each a vertical line with its name above.
void draw_marks(Sheet& sheet, const Panel& panel, const Frame& frame, double left, double right, double top) {
    for (const auto& [name, bytes] : panel.sweep->marks) {
        if (bytes <= frame.left || bytes >= frame.right) continue;
        sheet.write(left + (right - left) * frame.across(bytes), top + (sheet.is_text() ? 0 : 0.2),
                    fmt::format("{} {}", name, short_size(bytes)), "center");
        if (sheet.is_text()) continue;
        sheet.say("set arrow from first {0}, graph 0 to first {0}, graph 1 nohead lw 1.2 dt 2 lc rgb '{1}'",
                  bytes, sheet.ink());
    }
}

void draw_lines(Sheet& sheet, const Panel& panel, const std::vector<Case>& cases, const Frame& frame,
                double right, double top) {
    std::string command;
    const auto add = [&](const std::string& part) { command += (command.empty() ? "plot " : ", ") + part; };
    if (sheet.is_text()) {
        std::vector<std::vector<double>> dots;
        constexpr int steps = 16;
        for (const auto& [name, bytes] : panel.sweep->marks) {
            if (bytes <= frame.left || bytes >= frame.right) continue;
            for (int i = 0; i <= steps; ++i) {
                dots.push_back(
                    {bytes, frame.low * std::pow(frame.high / frame.low, static_cast<double>(i) / steps)});
            }
        }
        if (!dots.empty()) add(fmt::format("{} using 1:2:(':') with labels", sheet.data(dots)));
    }
    for (std::size_t i = 0; i < panel.lines.size(); ++i) {
        const auto& line = *panel.lines[i];
        std::vector<std::vector<double>> points;
        for (const auto& point : line.points)
            points.push_back({point.at, point.value, point.low, point.high});
        const auto name = label(line, panel.lines, longest_name);
        if (sheet.is_text()) {
            add(sheet.lettered(i, points, name, right, top));
            continue;
        }
        const auto data = sheet.data(points);
        const auto number = variant_number(line.variant, cases) + i / Sheet::colours;
        add(fmt::format("{} using 1:3:(0):($4-$3) with vectors nohead lw 1.5 lc rgb '{}' notitle", data,
                        sheet.colour(number)));
        add(fmt::format("{} with linespoints lw 1.5 pt 7 ps 0.5 lc rgb '{}' title {}", data,
                        sheet.colour(number), gnuplot_tic(name)));
    }
    sheet.say("{}", command);
}

// `title` is the second line of the whole drawing's title, which comes with the first panel.
void draw_panel(Sheet& sheet, const Panel& panel, const std::vector<Case>& cases, double top, bool alone,
                const std::string& title) {
    const auto frame = frame_of(panel);
    const double left = 11, right = sheet.columns() - key_columns(panel);
    const double plot_top = top + (sheet.is_text() ? 2.5 : 2.4);
    sheet.begin_keyed_plot(left, top, plot_top, right, top + height(sheet), about(panel, alone),
                           panel.sweep->parameter + ", both axes logarithmic");
    if (!title.empty()) sheet.write_title(title_of(PlotKind::sweep), title);
    draw_marks(sheet, panel, frame, left, right, top + 1);
    sheet.say("set logscale xy\nset xrange [{}:{}]\nset yrange [{}:{}]", frame.left, frame.right, frame.low,
              frame.high);
    const int most = static_cast<int>((right - left) / 10);
    sheet.say("set xtics {}",
              text_of(is_size(panel.sweep->parameter) ? size_tics(frame.left, frame.right, most)
                                                      : decimal_tics(frame.left, frame.right, most, "")));
    sheet.say("set ytics {}", text_of(panel.is_rate ? decimal_tics(frame.low, frame.high, 8, "B/s")
                                                    : time_tics(frame.low, frame.high, 8)));
    draw_lines(sheet, panel, cases, frame, right, plot_top);
}

}  // namespace

void draw_sweep(Sheet& sheet, const std::vector<Case>& cases) {
    const auto sweeps = sweeps_of(cases);
    if (sweeps.empty()) {
        throw UsageError("there is no sweep to plot: no parameter takes four or more values");
    }
    const auto panels = panels_of(sweeps);
    const bool marked =
        std::any_of(sweeps.begin(), sweeps.end(), [](auto& sweep) { return !sweep.marks.empty(); });
    sheet.set_lines(header + height(sheet) * static_cast<double>(panels.size()));
    const auto title =
        fmt::format("{}{}", sheet.is_text() ? "letters: medians" : "bars: 95 % interval of the median",
                    marked ? "; vertical: caches of rank 0's host" : "");
    for (std::size_t i = 0; i < panels.size(); ++i) {
        draw_panel(sheet, panels[i], cases, header + height(sheet) * static_cast<double>(i),
                   sweeps.size() == 1, i == 0 ? title : "");
    }
}

}  // namespace pacer::timings
