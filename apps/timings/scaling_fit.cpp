// Both laws are linear in unknowns that must not be negative, once they are written as
//     Amdahl                    T(p)           = a + b / p
//     Universal Scalability     T(p) / work(p) = a / p + b (p - 1) / p + c (p - 1)
// with work(p) = 1 for strong scaling and p for weak. So there are no starting values and no local minima:
// the least squares with every choice of unknowns held at zero are tried, and the best without a negative one
// is the optimum (it is free inside some face of the feasible cone, and there it is that face's own optimum).
#include <fmt/format.h>

#include <Eigen/QR>
#include <cmath>
#include <set>
#include <vector>

#include "apps/timings/scaling_series.hpp"

namespace pacer::timings {

namespace {

// A column that improves the sum of squared relative errors by less was taken up by rounding.
constexpr double rounding = 1e-20;
constexpr double poor = 0.1;  // a root mean square of ln(measured / fitted) that the user should hear of

// The non-negative x that minimises |A x - b|; zero columns where they do not help.
Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
    const auto unknowns = a.cols();
    Eigen::VectorXd best = Eigen::VectorXd::Zero(unknowns);
    double smallest = b.squaredNorm();
    for (unsigned chosen = 1; chosen < 1U << unknowns; ++chosen) {
        std::vector<Eigen::Index> columns;
        for (Eigen::Index i = 0; i < unknowns; ++i) {
            if ((chosen >> i & 1U) != 0) columns.push_back(i);
        }
        const Eigen::MatrixXd part = a(Eigen::all, columns);
        const Eigen::VectorXd x = part.colPivHouseholderQr().solve(b);
        const double error = (part * x - b).squaredNorm();
        // Fewer unknowns come before those they are part of, and stay unless more really help.
        if (x.minCoeff() < 0 || error >= smallest - rounding * static_cast<double>(b.size())) continue;
        smallest = error;
        best.setZero();
        best(columns) = x;
    }
    return best;
}

template <class Columns>
Eigen::VectorXd fit(const ScalingSeries& series, Eigen::Index unknowns, const Columns& columns) {
    const auto rows = static_cast<Eigen::Index>(series.points.size());
    Eigen::MatrixXd a(rows, unknowns);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const auto& point = series.points[static_cast<std::size_t>(i)];
        a.row(i) = columns(static_cast<double>(point.cores())) / point.seconds.value;
    }
    return non_negative_least_squares(a, Eigen::VectorXd::Ones(rows));
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
    const auto x = fit(series, 2, [](double p) { return Eigen::RowVector2d(1, 1 / p); });
    AmdahlFit law;
    law.one_core_seconds = x.sum();
    law.serial_fraction = x(0) / x.sum();
    law.residual = residual(series, [&](double p) { return law.seconds(p); });
    return law;
}

UniversalFit fit_universal(const ScalingSeries& series) {
    const auto x = fit(series, 3, [&](double p) {
        return Eigen::RowVector3d(work(series, p) * Eigen::RowVector3d(1 / p, (p - 1) / p, p - 1));
    });
    UniversalFit law;
    law.one_core_seconds = x(0);
    if (x(0) <= 0) return law;
    law.contention = x(1) / x(0);
    law.coherency = x(2) / x(0);
    law.residual =
        residual(series, [&](double p) { return law.one_core_seconds * work(series, p) / law.rate(p); });
    return law;
}

void add(std::string& note, const std::string& sentence) {
    note += (note.empty() ? "" : "; ") + sentence;
}

void doubt(std::string& note, const char* law, double residual) {
    if (residual > poor)
        add(note,
            fmt::format("{} fits badly, its times are off by {:.0f} %", law, 100 * std::expm1(residual)));
}

// The work done by a core in a second must not grow with their number, or no law here explains it.
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
    constexpr double no_gain = 1 - 1e-9;  // all that is done is serial, but for rounding
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

void fit_laws(ScalingSeries& series) {
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
        add(series.note, fmt::format("{} numbers of cores: {}", counts.size(),
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
}

}  // namespace pacer::timings
