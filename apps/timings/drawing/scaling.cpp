// Speedup over the number of cores: measured, ideal, and by the fitted laws.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <set>

#include "apps/timings/drawing/sheet.hpp"
#include "apps/timings/scaling/series.hpp"
#include "common/base/groups.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

using Group = std::vector<const ScalingSeries*>;

// Whether they can be in one plot: they have the same problem and the same base.
bool are_in_one_plot(const ScalingSeries& a, const ScalingSeries& b) {
    return a.app == b.app && a.kind == b.kind && a.parameters == b.parameters && a.grown == b.grown &&
           a.base == b.base;
}

struct Frame {
    double fewest = 0, most = 0;  // cores that were measured
    double low = 0, high = 0;     // speedup
    double right() const { return most * 1.5; }
};

Frame frame_of(const Group& group) {
    Frame frame;
    for (const auto* series : group) {
        for (const auto& point : series->points) {
            const bool first = frame.fewest == 0;
            frame.fewest = first ? point.cores() : std::min<double>(frame.fewest, point.cores());
            frame.most = std::max<double>(frame.most, point.cores());
            frame.low = first ? point.speedup.low : std::min(frame.low, point.speedup.low);
            frame.high = std::max(frame.high, point.speedup.high);
        }
    }
    // The ideal is shown only as far as it does not squeeze everything else into a corner.
    frame.high = std::max(frame.high, std::min(group.front()->ideal_speedup(frame.most), 2 * frame.high));
    return frame;
}

// The measured numbers of cores, powers of two before others, as far as they do not touch.
Tics core_tics(const Group& group, const Frame& frame, double columns) {
    std::set<int> counts;
    for (const auto* series : group) {
        for (const auto& point : series->points) counts.insert(point.cores());
    }
    std::vector<int> order(counts.begin(), counts.end());
    std::stable_partition(order.begin(), order.end(),
                          [](int count) { return std::has_single_bit(static_cast<unsigned>(count)); });
    const double apart = 5 * std::log(frame.right() / frame.fewest) / columns;
    Tics tics;
    for (const int count : order) {
        const bool room = std::none_of(tics.begin(), tics.end(), [&](const auto& tic) {
            return std::abs(std::log(count / tic.first)) < apart;
        });
        if (room) tics.emplace_back(count, std::to_string(count));
    }
    return tics;
}

Tics multiples(double low, double high, const std::vector<double>& digits, int octaves) {
    Tics tics;
    for (int power = -40; power <= 40; power += octaves) {
        for (const double digit : digits) {
            const double value = digit * std::pow(2, power);
            if (value >= low && value <= high) tics.emplace_back(value, fmt::format("{:.4g}x", value));
        }
    }
    return tics;
}

// Powers of two where there are enough of them, else numbers between.
Tics speedup_tics(double low, double high) {
    constexpr std::size_t fewest = 3, most = 9;
    for (const auto& digits : {std::vector<double>{1},
                               {1, 1.5},
                               {1, 1.25, 1.5, 1.75},
                               {1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9}}) {
        for (const int octaves : {1, 2, 4, 8}) {
            auto tics = multiples(low, high, digits, octaves);
            if (tics.size() >= fewest && tics.size() <= most) return tics;
            if (tics.size() < fewest) break;
        }
    }
    return multiples(low, high, {1, 1.01, 1.02, 1.05, 1.25, 1.5, 1.9, 1.95, 1.98, 1.99}, 1);
}

// A law from `from` to `to` cores.
template <class Law>
std::vector<std::vector<double>> curve(double from, double to, const Law& law) {
    constexpr int steps = 60;
    std::vector<std::vector<double>> points;
    for (int i = 0; i <= steps; ++i) {
        const double cores = from * std::pow(to / from, static_cast<double>(i) / steps);
        points.push_back({cores, law(cores)});
    }
    return points;
}

// Collects the parts of one plot command.
struct Plot {
    std::string command;
    void add(const std::string& part) { command += (command.empty() ? "plot " : ", ") + part; }
};

// Solid or dashed in the measured range, dotted beyond.
template <class Law>
void add_law(Sheet& sheet, Plot& plot, const ScalingSeries& series, const Frame& frame, int dashes,
             const std::string& colour, const Law& law) {
    const double first = series.points.front().cores(), last = series.points.back().cores();
    plot.add(fmt::format("{} with lines lw 1.5 dt {} lc rgb '{}' notitle",
                         sheet.data(curve(first, last, law)), dashes, colour));
    plot.add(fmt::format("{} with lines lw 1.2 dt 3 lc rgb '{}' notitle",
                         sheet.data(curve(last, frame.right(), law)), colour));
}

void add_laws(Sheet& sheet, Plot& plot, const ScalingSeries& series, const Frame& frame, bool both,
              const std::string& colour) {
    if (series.universal) {
        add_law(sheet, plot, series, frame, 1, colour,
                [&](double cores) { return series.fitted_speedup_universal(cores); });
    }
    if (series.amdahl && (both || !series.universal)) {
        add_law(sheet, plot, series, frame, 2, colour,
                [&](double cores) { return series.fitted_speedup_amdahl(cores); });
    }
}

std::string about(const ScalingSeries& series, bool alone) {
    auto text = fmt::format("{} scaling", name_of(series.kind));
    if (!alone) text = series.app + ", " + text;
    if (!alone && !series.parameters.empty()) text += ", " + words_of(series.parameters);
    for (const auto& fact : series.grown) text += ", " + words_of({fact}) + " per core";
    return fmt::format("{}; against {}", text, series.base);
}

constexpr double header = 3;
constexpr std::size_t longest_name = 24;

double key_columns(const Group& group) {
    std::size_t width = 6;
    for (const auto* series : group) width = std::max(width, width_of(series->variant));
    return static_cast<double>(std::min(width, longest_name)) + 8;
}

double height(const Sheet& sheet) {
    return sheet.is_text() ? 20 : 24;
}

void draw_points(Sheet& sheet, const Group& group, const std::vector<Case>& cases, const Frame& frame,
                 double top) {
    Plot plot;
    const auto ideal =
        curve(frame.fewest, frame.right(), [&](double cores) { return group.front()->ideal_speedup(cores); });
    const double right = sheet.columns() - key_columns(group);
    const auto ideals = sheet.data(ideal);
    if (sheet.is_text()) {
        plot.add(fmt::format("{} using 1:2:('.') with labels", ideals));
    } else {
        plot.add(fmt::format("{} with lines lw 1.5 lc rgb '#989898' title 'ideal'", ideals));
    }
    const double apart = std::min(0.006, 0.03 / static_cast<double>(group.size()));
    for (std::size_t i = 0; i < group.size(); ++i) {
        const auto& series = *group[i];
        std::vector<std::vector<double>> points;
        // The whiskers of several variants stand side by side.
        const double place = static_cast<double>(i) - 0.5 * static_cast<double>(group.size() - 1);
        const double beside = sheet.is_text() ? 1 : std::pow(frame.right() / frame.fewest, apart * place);
        for (const auto& point : series.points) {
            points.push_back(
                {point.cores() * beside, point.speedup.value, point.speedup.low, point.speedup.high});
        }
        const auto name = shortened(series.variant, longest_name);
        if (sheet.is_text()) {
            plot.add(sheet.lettered(i, points, name, right, top));
            continue;
        }
        const auto number = variant_number(series.variant, cases);
        add_laws(sheet, plot, series, frame, group.size() <= 3, sheet.colour(number));
        constexpr std::array marks = {7, 5, 9, 11, 13};  // others where the colours come again
        const auto measured = sheet.data(points);
        plot.add(fmt::format("{} using 1:3:(0):($4-$3) with vectors nohead lw 1.5 lc rgb '{}' notitle",
                             measured, sheet.colour(number)));
        plot.add(fmt::format("{} with points pt {} ps 0.8 lc rgb '{}' title {}", measured,
                             marks[number / Sheet::colours % marks.size()], sheet.colour(number),
                             gnuplot_tic(name)));
    }
    sheet.say("{}", plot.command);
}

}  // namespace

void draw_scaling(Sheet& sheet, const std::vector<Case>& cases, const std::vector<std::string>& wanted) {
    const auto all = scaling_of(cases, wanted);
    if (all.empty()) {
        throw UsageError("there is no scaling to plot: nothing ran on different numbers of cores");
    }
    const auto groups = groups_of(all, are_in_one_plot);
    sheet.set_lines(header + height(sheet) * static_cast<double>(groups.size()));
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const auto frame = frame_of(groups[i]);
        const double top = header + height(sheet) * static_cast<double>(i);
        const double left = 9, right = sheet.columns() - key_columns(groups[i]);
        sheet.begin_keyed_plot(left, top, top + 1.5, right, top + height(sheet),
                               about(*groups[i].front(), groups.size() == 1),
                               "cores (ranks x threads), both axes logarithmic");
        if (i == 0) {
            sheet.write_title(title_of(PlotKind::scaling),
                              sheet.is_text() ? "letters: measured; dots: ideal"
                                              : "line: Universal Scalability Law; dashed: Amdahl's law; "
                                                "dotted: beyond what was measured");
        }
        sheet.say("set logscale xy 2\nset xrange [{}:{}]\nset yrange [{}:{}]", frame.fewest / 1.1,
                  frame.right(), frame.low / 1.2, frame.high * 1.2);
        sheet.say("set xtics {}", text_of(core_tics(groups[i], frame, right - left)));
        sheet.say("set ytics {}", text_of(speedup_tics(frame.low / 1.2, frame.high * 1.2)));
        draw_points(sheet, groups[i], cases, frame, top);
    }
}

}  // namespace pacer::timings
