// Drawings with a row a case: the ladder and the distributions.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "apps/timings/drawing_sheet.hpp"
#include "common/timing.hpp"
#include "common/units.hpp"

namespace pacer::timings {

namespace {

struct Row {
    const Case* one = nullptr;  // none: a heading
    std::string label;
    double median = 0;
};

// By problem, slowest first; problems that differ have a heading.
std::vector<Row> rows_of(const std::vector<Case>& cases) {
    std::vector<std::string> groups;
    for (const auto& one : cases) {
        const auto name = group_name(one.key, cases);
        if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.push_back(name);
    }
    std::vector<Row> rows;
    for (const auto& group : groups) {
        if (groups.size() > 1) rows.push_back({nullptr, group, 0});
        const auto first = static_cast<std::ptrdiff_t>(rows.size());
        for (const auto& one : cases) {
            if (group_name(one.key, cases) == group) {
                rows.push_back({&one, label_of(one.key), median(one.medians())});
            }
        }
        std::stable_sort(rows.begin() + first, rows.end(),
                         [](const Row& a, const Row& b) { return a.median > b.median; });
    }
    return rows;
}

// The rows' labels and the room for them; the sheet's plot is then open. `right`: cells right of it.
void begin_rows(Sheet& sheet, const std::vector<Row>& rows, double right) {
    constexpr std::size_t widest = 40;
    std::size_t label_width = 8;
    for (const auto& row : rows) {
        if (row.one != nullptr) label_width = std::max(label_width, width_of(row.label));
    }
    label_width = std::min(label_width, static_cast<std::size_t>(sheet.columns()) / 3);
    label_width = std::min(label_width, widest);
    const double top = 3.5, height = static_cast<double>(rows.size()) * (sheet.is_text() ? 1 : 1.4);
    const double left = static_cast<double>(label_width) + 3;
    sheet.set_lines(std::ceil(top + height + 3));
    sheet.begin_plot(left, top, sheet.columns() - right, top + height);
    sheet.say("set yrange [{}:-0.5]\nset noytics\nset border 1", static_cast<double>(rows.size()) - 0.5);
    if (!sheet.is_text()) sheet.say("set grid noy x");
    const double each = height / static_cast<double>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double line = top + (static_cast<double>(i) + 0.5) * each - 0.5;
        if (rows[i].one == nullptr) {
            sheet.write(1, line, shortened(rows[i].label, static_cast<std::size_t>(sheet.columns() - 2)));
        } else {
            sheet.write(left - 1, line, shortened(rows[i].label, label_width), "right");
        }
    }
}

// What is beside a row, right of the plot.
void write_right(Sheet& sheet, std::size_t row, double from_right, const std::string& text) {
    const double each = sheet.is_text() ? 1 : 1.4;
    const double line = row == std::string::npos ? 2.5 : 3.5 + (static_cast<double>(row) + 0.5) * each - 0.5;
    sheet.write(sheet.columns() - from_right, line, text, "right");
}

constexpr std::size_t heading = std::string::npos;

std::optional<Interval> interval_of(const Case& one) {
    if (one.launches.size() > 1) return median_interval(one.medians());
    return median_interval(one.launches.front().record->repeat_seconds());
}

std::string kinds_of_interval(const std::vector<Case>& cases) {
    std::size_t most = 0;
    for (const auto& one : cases) most = std::max(most, one.launches.size());
    return most == 1  ? "whiskers: 95 % interval of the repeats' median"
           : most < 6 ? "95 % intervals need 6 launches"
                      : "whiskers: 95 % interval of the launches' median";
}

// Logarithmic axis of times from low to high, with room at the ends.
void time_axis(Sheet& sheet, double low, double high, double columns) {
    const double room = std::max(std::pow(high / low, 0.03), 1.02);
    sheet.say("set logscale x\nset xrange [{}:{}]\nset xtics {}", low / room, high * room,
              text_of(time_tics(low / room, high * room, static_cast<int>(columns / 9))));
}

// The least limit of the launches: what the machine at its best could do.
double limit_of(const Case& one) {
    double least = 0;
    for (const auto& launch : one.launches) {
        const double seconds = launch.record->limit.seconds;
        if (seconds > 0 && (least == 0 || seconds < least)) least = seconds;
    }
    return least;
}

struct Rung {
    double limit, low, median, high;
    std::size_t row, colour;
};

void draw_rungs(Sheet& sheet, const std::vector<Rung>& rungs, double from) {
    for (const auto& rung : rungs) {
        const double start = rung.limit > 0 ? rung.limit : from, y = static_cast<double>(rung.row);
        const auto bar = sheet.data({{start, y, rung.median - start}});
        if (sheet.is_text()) {
            sheet.say("plot {} using 1:2:3:(0) with vectors nohead lt 7 notitle", bar);
            continue;
        }
        sheet.say("set object {} rectangle from {}, {} to {}, {} fs solid noborder fc rgb '{}' behind",
                  rung.row + 1, std::min(start, rung.median), y - 0.32, std::max(start, rung.median), y + 0.32,
                  sheet.pale(rung.colour));
    }
}

}  // namespace

void draw_ladder(Sheet& sheet, const std::vector<Case>& cases) {
    const auto rows = rows_of(cases);
    constexpr double right = 22;
    begin_rows(sheet, rows, right);
    std::vector<Rung> rungs;
    double low = 0, high = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].one == nullptr) continue;
        const auto within = interval_of(*rows[i].one).value_or(Interval{rows[i].median, rows[i].median});
        const double limit = limit_of(*rows[i].one);
        rungs.push_back({limit, within.low, rows[i].median, within.high, i,
                         variant_number(rows[i].one->key.variant, cases)});
        const double least = limit > 0 ? std::min(limit, within.low) : within.low;
        low = low == 0 ? least : std::min(low, least);
        high = std::max({high, within.high, limit});
        write_right(sheet, i, right - 12, format_seconds(rows[i].median));
        if (limit > 0) write_right(sheet, i, 2, fmt::format("{:.1f}", 100 * limit / rows[i].median));
    }
    const bool limits = std::any_of(rungs.begin(), rungs.end(), [](auto& rung) { return rung.limit > 0; });
    write_right(sheet, heading, right - 12, "median");
    if (limits) write_right(sheet, heading, 2, "% limit");
    sheet.write_title(title_of(PlotKind::ladder),
                      fmt::format("{}; {}",
                                  limits ? "| the limit, bar: what is left to the median"
                                         : "no limit was measured; bar: the median",
                                  kinds_of_interval(cases)));
    time_axis(sheet, low, high, sheet.columns() - 40);
    (void)draw_rungs;
}

void draw_distribution(Sheet&, const std::vector<Case>&) {
}

}  // namespace pacer::timings
