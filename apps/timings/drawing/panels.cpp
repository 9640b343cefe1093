// Drawings with a panel for each case: the samples in order, and the load by rank.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "apps/timings/drawing/sheet.hpp"
#include "common/base/status.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// Where the panels are; all have the same width.
class Panels {
  public:
    Panels(Sheet& sheet, std::size_t count) : sheet_(sheet), across_(!sheet.is_text() && count > 1 ? 2 : 1) {
        const auto down = (count + across_ - 1) / across_;
        sheet.set_lines(header + static_cast<double>(down) * height());
    }

    // The plot of that panel, below a line of its own.
    void begin(std::size_t number, const std::string& label) {
        const double width = sheet_.columns() / static_cast<double>(across_);
        const double left = width * static_cast<double>(number % across_);
        const double top = header + height() * static_cast<double>(number / across_);
        // Text has edges in the middle of lines.
        sheet_.begin_plot(left + 10, top + (sheet_.is_text() ? 1.5 : 1.2), left + width - 3,
                          top + height() - (sheet_.is_text() ? 2.5 : 1.8));
        sheet_.write(left + 10, top, shortened(label, static_cast<std::size_t>(width) - 12));
    }

  private:
    static constexpr double header = 3;
    double height() const { return sheet_.is_text() ? 11 : 10; }

    Sheet& sheet_;
    std::size_t across_;
};

std::string full_label(const Case& one, const std::vector<Case>& cases) {
    const auto group = group_name(one.key, cases);
    return label_of(one.key, 30) + (group.empty() ? "" : ", " + group);
}

// Whether the least would be lost on a linear axis.
bool is_logarithmic(double least, double greatest) {
    return greatest > 20 * least;
}

// From the least to the greatest time with room at the ends, even if they are the same.
void time_axis(Sheet& sheet, double least, double greatest) {
    constexpr int tics = 5;
    if (is_logarithmic(least, greatest)) {
        const double low = least / 1.3, high = greatest * 1.3;
        sheet.say("set logscale y\nset yrange [{}:{}]\nset ytics {}", low, high,
                  text_of(time_tics(low, high, tics)));
        return;
    }
    const double room = std::max(0.08 * (greatest - least), 1e-3 * greatest);
    const double low = least - room, high = greatest + room;
    sheet.say("set yrange [{}:{}]\nset ytics {}", low, high, text_of(even_time_tics(low, high, tics)));
}

// One of the points that would fall on the same spot stays, so that a panel of a million is not larger than
// what can be seen. A point's first number is its place, the second its time.
std::vector<std::vector<double>> visible(const std::vector<std::vector<double>>& points, double least,
                                         double greatest) {
    constexpr double across = 700, up = 300;  // more spots than a panel has pixels
    const double count = static_cast<double>(points.size());
    if (count <= across) return points;
    std::vector<std::vector<double>> kept;
    std::set<std::pair<long, long>> taken;
    for (const auto& point : points) {
        const double height = std::log(point[1] / least) / std::log(std::max(greatest / least, 1.0000001));
        if (taken.emplace(std::lround(point[0] / count * across), std::lround(height * up)).second) {
            kept.push_back(point);
        }
    }
    return kept;
}

// "mpi 4 x 1: 12.3 ms, 3 launches"
std::string samples_label(const Case& one, const std::vector<Case>& cases) {
    auto label = fmt::format("{}: {}", full_label(one, cases), format_seconds(median(one.medians())));
    if (one.launches.size() > 1) label += fmt::format(", {} launches", one.launches.size());
    std::vector<double> all;
    for (const auto& launch : one.launches) {
        const auto seconds = launch.record->repeat_seconds();
        all.insert(all.end(), seconds.begin(), seconds.end());
    }
    const auto [least, greatest] = std::minmax_element(all.begin(), all.end());
    return is_logarithmic(*least, *greatest) ? label + ", logarithmic axis" : label;
}

void draw_launches(Sheet& sheet, const Case& one, std::size_t variant) {
    std::vector<std::vector<double>> points, middles;
    double least = 0, greatest = 0, count = 0;
    for (std::size_t i = 0; i < one.launches.size(); ++i) {
        const auto seconds = one.launches[i].record->repeat_seconds();
        // Launches alternate between the variant's colour and the ink. The line of the median has the other
        // colour than the points around it.
        const double own = sheet.rgb(variant), ink = sheet.ink_rgb(), rgb = i % 2 == 0 ? own : ink;
        middles.push_back(
            {count + 0.5, median(seconds), static_cast<double>(seconds.size()), own + ink - rgb});
        for (const double time : seconds) {
            least = count == 0 ? time : std::min(least, time);
            greatest = std::max(greatest, time);
            points.push_back({++count, time, rgb});
        }
    }
    time_axis(sheet, least, greatest);
    sheet.say("set xrange [0.5:{}]", count + 0.5);
    sheet.say("set xtics {}", text_of(count_tics(1, count, 8)));
    const auto point = sheet.data(visible(points, least, greatest));
    if (sheet.is_text()) {
        sheet.say("plot {} using 1:2:('o') with labels", point);
        return;
    }
    sheet.say(
        "plot {} using 1:2:3 with points pt 7 ps {} lc rgb variable, "
        "{} using 1:2:3:(0):4 with vectors nohead lw 1.5 dt 2 lc rgb variable",
        point, count > 300 ? 0.25 : 0.45, sheet.data(middles));
}

// Each rank's median over the repeats of all launches.
std::vector<double> rank_times(const Case& one) {
    std::vector<double> times;
    const auto ranks = static_cast<std::size_t>(one.key.ranks);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        std::vector<double> seconds;
        for (const auto& launch : one.launches) {
            for (auto i = rank; i < launch.record->seconds.size(); i += ranks) {
                seconds.push_back(launch.record->seconds[i]);
            }
        }
        times.push_back(median(seconds));
    }
    return times;
}

void draw_ranks(Sheet& sheet, const std::vector<double>& times, double mean, std::size_t variant) {
    const double most = *std::max_element(times.begin(), times.end());
    std::vector<std::vector<double>> bars;
    for (std::size_t rank = 0; rank < times.size(); ++rank) {
        bars.push_back({static_cast<double>(rank), times[rank]});
    }
    const double ranks = static_cast<double>(times.size());
    sheet.say("set xrange [-0.6:{}]\nset yrange [0:{}]\nset ytics {}", ranks - 0.4, 1.12 * most,
              text_of(even_time_tics(0, most, 4)));
    sheet.say("set xtics {}", text_of(count_tics(0, ranks - 1, 16)));
    const auto bar = sheet.data(bars);
    if (sheet.is_text()) {
        sheet.say("plot {} using 1:(0):(0):2 with vectors nohead lt 7, {} with lines lt 7", bar, mean);
        return;
    }
    sheet.say("set style fill transparent solid 0.55 noborder\nset boxwidth 0.8\nset grid nox");
    sheet.say("plot {} with boxes lc rgb '{}', {} with lines dt 2 lw 1.5 lc rgb '{}'", bar,
              sheet.colour(variant), mean, sheet.ink());
}

}  // namespace

void draw_samples(Sheet& sheet, const std::vector<Case>& cases) {
    Panels panels(sheet, cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& one = cases[i];
        panels.begin(i, samples_label(one, cases));
        if (i == 0) {
            sheet.write_title(
                title_of(PlotKind::samples),
                sheet.is_text()
                    ? "the repeats in the order run, launch after launch"
                    : "the repeats in the order run; dashed: a launch's median; launches alternate in "
                      "colour");
        }
        draw_launches(sheet, one, variant_number(one.key.variant, cases));
    }
}

bool has_balance(const Case& one) {
    return one.key.ranks > 1 && std::any_of(one.launches.begin(), one.launches.end(),
                                            [](const auto& launch) { return launch.record->knows_ranks(); });
}

void draw_balance(Sheet& sheet, const std::vector<Case>& cases) {
    std::vector<const Case*> shared;
    for (const auto& one : cases) {
        if (has_balance(one)) shared.push_back(&one);
    }
    if (shared.empty()) {
        throw UsageError(
            "there is no balance to plot: nothing ran on several ranks whose "
            "seconds are in the dump (--all-ranks)");
    }
    Panels panels(sheet, shared.size());
    for (std::size_t i = 0; i < shared.size(); ++i) {
        const auto& one = *shared[i];
        const auto times = rank_times(one);
        const double mean =
            std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
        panels.begin(i, fmt::format("{}: longest {:.2f} x mean", full_label(one, cases),
                                    *std::max_element(times.begin(), times.end()) / mean));
        if (i == 0) {
            sheet.write_title(title_of(PlotKind::balance),
                              sheet.is_text() ? "each rank's median time, and a line at their mean"
                                              : "each rank's median time; dashed: their mean");
        }
        draw_ranks(sheet, times, mean, variant_number(one.key.variant, cases));
    }
}

}  // namespace pacer::timings
