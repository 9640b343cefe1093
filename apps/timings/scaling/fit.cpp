// Both laws are linear in unknowns that must not be negative, once they are written as
//     Amdahl                    T(p)           = a + b / p
//     Universal Scalability     T(p) / work(p) = a / p + b (p - 1) / p + c (p - 1)
// with work(p) = 1 for strong scaling and p for weak. So there are no starting values and no local minima:
// the least squares with every choice of unknowns held at zero are tried, and the best without a negative one
// is the optimum (it lies inside some face of the feasible cone, and is the optimum of that face).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "apps/timings/scaling/series.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// A column that improves the sum of squared relative errors by less only fits rounding errors.
constexpr double rounding = 1e-20;
constexpr double dependent = 1e-24;  // of the square of a column, less is rounding
constexpr double poor = 0.1;  // a root mean square of ln(measured / fitted) that the user should hear of

using Column = std::vector<double>;

double dot(const Column& a, const Column& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// a - factor b
void subtract(Column& a, double factor, const Column& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] -= factor * b[i];
}

struct Solution {
    std::vector<double> x;
    double error = 0;  // |A x - b|^2
};

// The x that minimises |A x - b|, by modified Gram-Schmidt with b as a further column, which is as stable as
// Householder's reflections (Bjorck, Numerical Methods for Least Squares Problems, 1996, section 2.4). None
// if a column is, up to rounding, a combination of those before it.
std::optional<Solution> least_squares(std::vector<Column> a, Column b) {
    const std::size_t unknowns = a.size();
    std::vector<Column> r(unknowns, Column(unknowns));
    Solution solution{Column(unknowns), 0};
    for (std::size_t k = 0; k < unknowns; ++k) {
        const double square = dot(a[k], a[k]);
        if (square <= dependent * r[k][k]) return std::nullopt;
        for (std::size_t j = k + 1; j < unknowns; ++j) {
            if (k == 0) r[j][j] = dot(a[j], a[j]);  // of the column as it was given
            r[k][j] = dot(a[k], a[j]) / square;
            subtract(a[j], r[k][j], a[k]);
        }
        solution.x[k] = dot(a[k], b) / square;
        subtract(b, solution.x[k], a[k]);
    }
    for (std::size_t k = unknowns; k-- > 0;) {
        for (std::size_t j = k + 1; j < unknowns; ++j) solution.x[k] -= r[k][j] * solution.x[j];
    }
    solution.error = dot(b, b);
    return solution;
}

// The non-negative x that minimises |A x - b|; zero columns where they do not help.
Column non_negative_least_squares(const std::vector<Column>& a, const Column& b) {
    Column best(a.size());
    double smallest = dot(b, b);
    for (unsigned chosen = 1; chosen < 1U << a.size(); ++chosen) {
        std::vector<Column> part;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if ((chosen >> i & 1U) != 0) part.push_back(a[i]);
        }
        const auto found = least_squares(part, b);
        // Subsets come before the sets that contain them, and stay unless more unknowns really help.
        if (!found || *std::min_element(found->x.begin(), found->x.end()) < 0 ||
            found->error >= smallest - rounding * static_cast<double>(b.size())) {
            continue;
        }
        smallest = found->error;
        for (std::size_t i = 0, next = 0; i < a.size(); ++i) {
            best[i] = (chosen >> i & 1U) != 0 ? found->x[next++] : 0;
        }
    }
    return best;
}

// `terms` are the factors of the unknowns, as functions of the number of cores.
Column fit(const ScalingSeries& series, const std::vector<std::function<double(double)>>& terms) {
    std::vector<Column> a;
    for (const auto& term : terms) {
        a.emplace_back();
        for (const auto& point : series.points) a.back().push_back(term(point.cores()) / point.seconds.value);
    }
    return non_negative_least_squares(a, Column(series.points.size(), 1));
}

template <class Fitted>
double residual(const ScalingSeries& series, const Fitted& seconds) {
    double squares = 0;
    for (const auto& point : series.points) {
        squares += std::pow(std::log(point.seconds.value / seconds(point.cores())), 2);
    }
    return std::sqrt(squares / static_cast<double>(series.points.size()));
}

double work(const ScalingSeries& series, double cores) {
    return series.kind == ScalingKind::weak ? cores : 1;
}

AmdahlFit fit_amdahl(const ScalingSeries& series) {
    const auto x = fit(series, {[](double) { return 1.0; }, [](double p) { return 1 / p; }});
    AmdahlFit law;
    law.one_core_seconds = x[0] + x[1];
    law.serial_fraction = x[0] / law.one_core_seconds;
    law.residual = residual(series, [&](double p) { return law.seconds(p); });
    return law;
}

UniversalFit fit_universal(const ScalingSeries& series) {
    const auto x = fit(series, {[&](double p) { return work(series, p) / p; },
                                [&](double p) { return work(series, p) * (p - 1) / p; },
                                [&](double p) { return work(series, p) * (p - 1); }});
    UniversalFit law;
    law.one_core_seconds = x[0];
    if (x[0] <= 0) return law;
    law.contention = x[1] / x[0];
    law.coherency = x[2] / x[0];
    law.residual =
        residual(series, [&](double p) { return law.one_core_seconds * work(series, p) / law.rate(p); });
    return law;
}

// The middle 95 % of what was drawn.
std::optional<Interval> middle_of(std::vector<double> drawn) {
    if (drawn.empty()) return std::nullopt;
    std::sort(drawn.begin(), drawn.end());
    const auto outside = drawn.size() / 40;
    return Interval{drawn[outside], drawn[drawn.size() - 1 - outside]};
}

// Each point's time is made of as many of its launches, drawn with replacement.
void redraw(ScalingSeries& series, std::mt19937& random) {
    for (auto& point : series.points) {
        std::vector<double> drawn(point.medians.size());
        std::generate(drawn.begin(), drawn.end(),
                      [&] { return point.medians[random() % point.medians.size()]; });
        point.seconds.value = median(drawn);
    }
}

void add_intervals(ScalingSeries& series) {
    constexpr int sets = 500;
    const auto has_few = [](const ScalingPoint& point) { return point.launches < fewest_launches_for_laws; };
    if (std::any_of(series.points.begin(), series.points.end(), has_few)) return;
    std::mt19937 random(1);  // fixed: the same launches always have the same intervals
    auto drawn = series;
    std::vector<double> serial, contention, coherency, best;
    for (int set = 0; set < sets; ++set) {
        redraw(drawn, random);
        if (series.amdahl) serial.push_back(fit_amdahl(drawn).serial_fraction);
        const auto law = series.universal ? fit_universal(drawn) : UniversalFit{};
        if (law.one_core_seconds <= 0) continue;
        contention.push_back(law.contention);
        coherency.push_back(law.coherency);
        best.push_back(law.peak().value_or(std::numeric_limits<double>::infinity()));
    }
    if (series.amdahl) series.amdahl->serial_fraction_within = middle_of(std::move(serial));
    if (!series.universal) return;
    series.universal->contention_within = middle_of(std::move(contention));
    series.universal->coherency_within = middle_of(std::move(coherency));
    series.universal->best_cores_within = middle_of(std::move(best));
}

void add(std::string& note, const std::string& sentence) {
    note += (note.empty() ? "" : "; ") + sentence;
}

void doubt(std::string& note, const char* law, double residual) {
    if (residual > poor)
        add(note,
            fmt::format("{} fits badly, its times are off by {:.0f} %", law, 100 * std::expm1(residual)));
}

// Whether each core does more work in a second the more of them there are, which neither law can explain.
bool superlinear(const ScalingSeries& series) {
    constexpr double noise = 1.05;
    double least = 0;  // of the core seconds a unit of work took, so far
    for (const auto& point : series.points) {
        const double p = point.cores();
        const double spent = point.seconds.value * p / work(series, p);
        if (least > spent * noise) return true;
        least = least > 0 ? std::min(least, spent) : spent;
    }
    return false;
}

void note_extrapolation(ScalingSeries& series) {
    if (series.points.empty()) return;
    const int fewest = series.points.front().cores(), most = series.points.back().cores();
    if (fewest > 1 && (series.amdahl || series.universal)) {
        add(series.note, fmt::format("nothing was measured below {} cores, the laws' time on one is "
                                     "extrapolated",
                                     fewest));
    }
    if (series.universal && std::round(series.universal->best_cores) > most) {
        add(series.note,
            fmt::format("the best number of cores lies beyond the {} measured: an extrapolation", most));
    }
}

}  // namespace

double AmdahlFit::seconds(double cores) const {
    return one_core_seconds * (serial_fraction + (1 - serial_fraction) / cores);
}

double UniversalFit::rate(double cores) const {
    return cores / (1 + contention * (cores - 1) + coherency * cores * (cores - 1));
}

std::optional<double> UniversalFit::peak() const {
    constexpr double no_gain = 1 - 1e-9;  // everything is serial, up to rounding
    if (contention >= no_gain) return 1;
    if (coherency <= 0) return std::nullopt;
    return std::max(1.0, std::sqrt((1 - contention) / coherency));
}

double ScalingSeries::fitted_speedup_amdahl(double cores) const {
    return amdahl ? base_seconds / amdahl->seconds(cores) : 0;
}

double ScalingSeries::fitted_speedup_universal(double cores) const {
    if (!universal) return 0;
    const double faster = base_seconds / universal->one_core_seconds * universal->rate(cores);
    return kind == ScalingKind::weak ? faster / base_cores : faster;
}

void fit_laws(ScalingSeries& all) {
    auto series = all;
    series.points.clear();
    std::copy_if(all.points.begin(), all.points.end(), std::back_inserter(series.points),
                 [](const ScalingPoint& point) { return !point.crowded; });
    std::set<int> counts;
    for (const auto& point : series.points) counts.insert(point.cores());
    const bool strong = series.kind == ScalingKind::strong;
    if (strong && counts.size() >= 3) series.amdahl = fit_amdahl(series);
    if (counts.size() >= 4) {
        const auto law = fit_universal(series);
        if (law.one_core_seconds > 0) {
            series.universal = law;
        } else {
            add(series.note, "no Universal Scalability Law describes these times");
        }
    }
    if (counts.size() < 4) {
        add(series.note, fmt::format("{}: {}", counted(counts.size(), "number of cores", "numbers of cores"),
                                     !strong             ? "the Universal Scalability Law needs 4"
                                     : counts.size() < 3 ? "Amdahl's law needs 3, the Universal Scalability "
                                                           "Law 4"
                                                         : "the Universal Scalability Law needs 4"));
    }
    if (superlinear(series)) add(series.note, "superlinear: more cores did more than their share");
    if (series.amdahl) doubt(series.note, "Amdahl's law", series.amdahl->residual);
    if (series.universal) {
        auto& law = *series.universal;
        law.best_cores = law.peak().value_or(0);
        law.best_speedup = law.best_cores > 0 ? series.fitted_speedup_universal(law.best_cores) : 0;
        if (law.best_cores == 1) add(series.note, "no number of cores is faster than one");
        doubt(series.note, "the Universal Scalability Law", law.residual);
    }
    note_extrapolation(series);
    add_intervals(series);
    series.points = std::move(all.points);
    all = std::move(series);
}

}  // namespace pacer::timings
