// Drawings with a row for each case: the ladder and the distributions.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "apps/timings/compare/case_row.hpp"
#include "apps/timings/drawing/sheet.hpp"
#include "common/base/groups.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

struct Row {
    const Case* one = nullptr;
    std::string heading;  // instead of a case
    double median = 0;
};

// By problem, slowest first; problems that differ have a heading.
std::vector<Row> rows_of(const std::vector<Case>& cases) {
    const auto groups = groups_of(cases, [&](const Case& a, const Case& b) {
        return group_name(a.key, cases) == group_name(b.key, cases);
    });
    std::vector<Row> rows;
    for (const auto& group : groups) {
        if (groups.size() > 1) rows.push_back({nullptr, group_name(group.front()->key, cases), 0});
        const auto first = static_cast<std::ptrdiff_t>(rows.size());
        for (const auto* one : group) rows.push_back({one, {}, median(one->medians())});
        std::stable_sort(rows.begin() + first, rows.end(),
                         [](const Row& a, const Row& b) { return a.median > b.median; });
    }
    return rows;
}

// The upper edge of the first row, and the height of each, in lines.
double top_of_rows(const Sheet& sheet) {
    return sheet.is_text() ? 3 : 3.5;
}
double row_height(const Sheet& sheet) {
    return sheet.is_text() ? 1 : 1.4;
}

// Writes the labels of the rows and begins the plot beside them, with `right` cells to the right of it.
void begin_rows(Sheet& sheet, const std::vector<Row>& rows, double right) {
    const auto widest = std::min<std::size_t>(40, static_cast<std::size_t>(sheet.columns()) / 3);
    std::size_t label_width = 8;
    for (const auto& row : rows) {
        if (row.one != nullptr) label_width = std::max(label_width, width_of(label_of(row.one->key, widest)));
    }
    const double top = top_of_rows(sheet), each = row_height(sheet),
                 height = static_cast<double>(rows.size()) * each;
    const double left = static_cast<double>(label_width) + 3;
    // How far the plot reaches beyond the middle of the first and the last row, in rows. In text its edges
    // are whole lines.
    const double above = sheet.is_text() ? 1 : 0.5, below = sheet.is_text() ? 1 : 0.6;
    sheet.set_lines(std::ceil(top + height + 2));
    sheet.begin_plot(left, top + (0.5 - above) * each, sheet.columns() - right,
                     top + height + (below - 0.5) * each);
    sheet.say("set yrange [{}:{}]\nunset ytics\nset border 1", static_cast<double>(rows.size()) - 1 + below,
              -above);
    if (!sheet.is_text()) sheet.say("set grid noy x");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double line = top + (static_cast<double>(i) + 0.5) * each - 0.5;
        if (rows[i].one == nullptr) {
            sheet.write(1, line, shortened(rows[i].heading, static_cast<std::size_t>(sheet.columns() - 2)));
        } else {
            sheet.write(left - 1, line, label_of(rows[i].one->key, widest), "right");
        }
    }
}

constexpr std::size_t heading = std::string::npos;

// Text beside a row, right of the plot.
void write_right(Sheet& sheet, std::size_t row, double from_right, const std::string& text) {
    const double top = top_of_rows(sheet), line = (static_cast<double>(row) + 0.5) * row_height(sheet) - 0.5;
    sheet.write(sheet.columns() - from_right, row == heading ? top - 1 : top + line, text, "right");
}

std::optional<Interval> interval_of(const Case& one) {
    if (one.launches.size() > 1) return median_interval(one.medians());
    return median_interval(one.launches.front().record->repeat_seconds());
}

std::string kinds_of_interval(const std::vector<Case>& cases) {
    const auto all = [&](auto&& enough) {
        return std::all_of(cases.begin(), cases.end(),
                           [&](const Case& one) { return enough(one.launches.size()); });
    };
    return all([](std::size_t launches) { return launches == 1; })
               ? "whiskers: 95 % interval of the repeats' median"
           : all([](std::size_t launches) { return launches >= 6; })
               ? "whiskers: 95 % interval of the launches' median"
               : "whiskers: 95 % interval of the median (from 6 launches on)";
}

// A logarithmic axis of times from low to high, with room at the ends.
void time_axis(Sheet& sheet, double low, double high, double columns) {
    const double room = std::max(std::pow(high / low, 0.03), 1.02);
    sheet.say("set logscale x\nset xrange [{}:{}]\nset xtics {}", low / room, high * room,
              text_of(time_tics(low / room, high * room, static_cast<int>(columns / 9))));
}

struct Rung {
    const Row* row;
    std::size_t number;
    double limit;  // 0: none
    Interval within;
};

std::vector<Rung> rungs_of(const std::vector<Row>& rows) {
    std::vector<Rung> rungs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].one == nullptr) continue;
        const auto limits = limits_of(*rows[i].one);
        const Interval alone{rows[i].median, rows[i].median};
        rungs.push_back({&rows[i], i, limits.empty() ? 0 : quantile(limits, 0),
                         interval_of(*rows[i].one).value_or(alone)});
    }
    return rungs;
}

void draw_rungs(Sheet& sheet, const std::vector<Rung>& rungs, const std::vector<Case>& cases, double low) {
    std::vector<std::vector<double>> bars, limits, times;
    for (const auto& rung : rungs) {
        const double from = rung.limit > 0 ? rung.limit : low, to = rung.row->median;
        const double y = static_cast<double>(rung.number);
        const auto variant = variant_number(rung.row->one->key.variant, cases);
        bars.push_back(
            {from, y, std::min(from, to), std::max(from, to), y - 0.33, y + 0.33, sheet.rgb(variant, true)});
        if (rung.limit > 0) limits.push_back({rung.limit, y - 0.42, 0.84});
        times.push_back({to, y, rung.within.low, rung.within.high, sheet.rgb(variant)});
    }
    const auto bar = sheet.data(bars), mark = sheet.data(limits), time = sheet.data(times);
    if (sheet.is_text()) {
        const auto limit_marks = fmt::format(", {} using 1:($2+0.42):('|') with labels", mark);
        sheet.say(
            "plot {0} using 3:2:($4-$3):(0) with vectors nohead lt 7{1}, "
            "{2} using 3:2:('[') with labels, {2} using 4:2:(']') with labels, "
            "{2} using 1:2:('o') with labels",
            bar, limits.empty() ? "" : limit_marks, time);
        return;
    }
    const auto limit_marks =
        fmt::format(", {} using 1:2:(0):3 with vectors nohead lw 3 lc rgb '{}'", mark, sheet.ink());
    sheet.say("set style fill solid 1 noborder");
    // Gnuplot's own error bars have a white halo, whatever the page.
    sheet.say(
        "plot {0} using 1:2:3:4:5:6:7 with boxxyerror fc rgb variable{1}, "
        "{2} using 3:2:($4-$3):(0):5 with vectors nohead lw 2 lc rgb variable, "
        "{2} using 1:2:5 with points pt 7 ps 0.7 lc rgb variable",
        bar, limits.empty() ? "" : limit_marks, time);
}

// The repeats of all launches, relative to the median of all; ascending.
std::vector<double> relative_times(const Case& one) {
    std::vector<double> times;
    for (const auto& launch : one.launches) {
        const auto seconds = launch.record->repeat_seconds();
        times.insert(times.end(), seconds.begin(), seconds.end());
    }
    const double middle = median(times);
    for (auto& time : times) time /= middle;
    std::sort(times.begin(), times.end());
    return times;
}

// Samples spread over the height of their row, evenly and the same each time. One of those that would fall on
// the same spot is drawn: a picture of a million of them is not larger than what can be seen.
std::vector<std::vector<double>> spread(const std::vector<double>& times, double row, double rgb,
                                        double spots) {
    constexpr double golden = 0.6180339887498949;  // its multiples are as far from each other as can be
    std::vector<std::vector<double>> points;
    std::set<std::pair<long, long>> taken;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double height = std::fmod(static_cast<double>(i) * golden, 1) - 0.5;
        if (taken.emplace(std::lround(std::log(times[i]) * spots), std::lround(height * 16)).second) {
            points.push_back({times[i], row + 0.6 * height, rgb});
        }
    }
    return points;
}

}  // namespace

void draw_ladder(Sheet& sheet, const std::vector<Case>& cases) {
    const auto rows = rows_of(cases);
    constexpr double right = 22;
    begin_rows(sheet, rows, right);
    const auto rungs = rungs_of(rows);
    double low = rungs.front().within.low, high = 0;
    bool limits = false;
    for (const auto& rung : rungs) {
        low = std::min({low, rung.within.low, rung.limit > 0 ? rung.limit : low});
        high = std::max({high, rung.within.high, rung.limit});
        limits = limits || rung.limit > 0;
        write_right(sheet, rung.number, right - 12, format_seconds(rung.row->median));
        if (rung.limit > 0) {
            write_right(sheet, rung.number, 2, fmt::format("{:.1f}", 100 * rung.limit / rung.row->median));
        }
    }
    write_right(sheet, heading, right - 12, "median");
    if (limits) write_right(sheet, heading, 2, "% limit");
    sheet.write_title(
        title_of(PlotKind::ladder),
        fmt::format("logarithmic axis; {}; {}", limits ? "bar: limit to median" : "bar: the median",
                    kinds_of_interval(cases)));
    if (!limits) low /= 1.5;  // a bar begins somewhere
    time_axis(sheet, low, high, sheet.columns() - 45);
    draw_rungs(sheet, rungs, cases, low);
}

void draw_distribution(Sheet& sheet, const std::vector<Case>& cases) {
    const auto rows = rows_of(cases);
    constexpr double right = 22;
    begin_rows(sheet, rows, right);
    std::vector<std::vector<double>> boxes, points;
    double low = 1, high = 1;
    for (const auto& row : rows) {
        if (row.one == nullptr) continue;
        const auto times = relative_times(*row.one);
        low = std::min(low, times.front());
        high = std::max(high, times.back());
    }
    const double room = std::max(std::pow(high / low, 0.03), 1.001);
    const double columns = sheet.columns() - 45;
    const double spots = columns * 5 / std::log(high / low * room * room);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].one == nullptr) continue;
        const double y = static_cast<double>(i);
        const auto variant = variant_number(rows[i].one->key.variant, cases);
        const auto times = relative_times(*rows[i].one);
        boxes.push_back({quantile(times, 0.25), quantile(times, 0.75), y, times.front(), times.back(),
                         static_cast<double>(variant)});
        for (auto& point : spread(times, y, sheet.rgb(variant, true), spots)) points.push_back(point);
        write_right(sheet, i, right - 12, format_seconds(rows[i].median));
        write_right(sheet, i, 2, std::to_string(times.size()));
    }
    write_right(sheet, heading, right - 12, "median");
    write_right(sheet, heading, 2, "n");
    sheet.write_title(
        title_of(PlotKind::distribution),
        "logarithmic axis; every repeat of all launches against their median; box: middle half");
    sheet.say("set logscale x\nset xrange [{}:{}]\nset xtics {}", low / room, high * room,
              text_of(ratio_tics(low / room, high * room, static_cast<int>(columns / 8))));
    const auto box = sheet.data(boxes);
    if (sheet.is_text()) {
        sheet.say(
            "plot {0} using 4:3:($5-$4):(0) with vectors nohead lt 7, "
            "{0} using 1:3:($2-$1):(0) with vectors nohead lt 7, {0} using 4:3:('|') with labels, "
            "{0} using 5:3:('|') with labels, {0} using 1:3:('[') with labels, "
            "{0} using 2:3:(']') with labels, {0} using (1):3:('o') with labels",
            box);
        return;
    }
    for (const auto& row : boxes) {
        const double first = row[0], third = row[1], y = row[2], variant = row[5];
        sheet.say("set object rectangle from {}, {} to {}, {} fs empty border lc rgb '{}' lw 1.5", first,
                  y - 0.36, third, y + 0.36, sheet.colour(static_cast<std::size_t>(variant)));
    }
    sheet.say(
        "plot {0} using 1:2:3 with points pt 7 ps 0.35 lc rgb variable, "
        "{1} using (1):($3-0.36):(0):(0.72) with vectors nohead lw 2.5 lc rgb '{2}'",
        sheet.data(points), box, sheet.ink());
}

}  // namespace pacer::timings
