// How time depends on the number of cores: speedup, efficiency, and the laws fitted to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

struct Estimate {
    double value = 0;
    double low = 0, high = 0;  // 95 % interval; both are the value where there are too few launches for one
    bool has_interval = false;
};

// All launches of one variant on the same ranks x threads.
struct ScalingPoint {
    int ranks = 1, threads = 1;
    int launches = 0;
    Estimate seconds;  // median of launch medians, its order-statistic interval (from 6 launches)
    // Base / time by Hodges and Lehmann, over all pairs of a launch of the base and one of the point, with
    // the Mann-Whitney interval (from 4 launches of each). Of weak scaling times cores / the base's cores:
    // the work grows with them.
    Estimate speedup;
    Estimate efficiency;  // speedup / (cores / the base's cores); so of weak scaling: base / time
    // Against one core of the same launches while their other cores computed: median over those that know it.
    double efficiency_loaded = 0;  // 0: none does
    double imbalance = 1;          // largest over mean of the ranks' times, median over repeats and launches
    std::vector<double> medians;   // seconds, one a launch
    bool crowded = false;  // ranks and threads took turns: it tells of the machine, not of the program
    int cores() const { return ranks * threads; }
};

// A fitted law's parameters have 95 % intervals where every point has that many launches: the middle 95 % of
// the parameters of 500 sets of launches drawn with replacement from those of each point (the percentile
// bootstrap, Efron 1979). They tell what launches differ by, not whether the law describes the program: for
// that see the residual.
inline constexpr int fewest_launches_for_laws = 6;

// T(p) = T(1) (serial + (1 - serial) / p): Amdahl, AFIPS 1967.
struct AmdahlFit {
    double serial_fraction = 0;  // of the time on one core
    std::optional<Interval> serial_fraction_within;
    double residual = 0;          // root mean square of ln(measured / fitted)
    double one_core_seconds = 0;  // T(1)
    double seconds(double cores) const;
};

// Universal Scalability Law (Gunther 2007): T(1) / T(p) = p / (1 + contention (p - 1) + coherency p (p - 1)),
// of weak scaling the same for the work done in a second.
struct UniversalFit {
    double contention = 0, coherency = 0, residual = 0;
    double best_cores = 0;  // where the speedup is largest; 0: it grows without end
    double best_speedup = 0;
    std::optional<Interval> contention_within, coherency_within;
    std::optional<Interval> best_cores_within;  // infinite where the speedup grows without end
    double one_core_seconds = 0;                // T(1)
    double rate(double cores) const;            // T(1) / T(p): how much faster than one core
    std::optional<double> peak() const;  // where rate() is largest, at least 1; none: it grows without end
};

enum class ScalingKind { strong, weak };
std::string_view name_of(ScalingKind kind);

struct ScalingSeries {
    std::string app, variant;
    ScalingKind kind = ScalingKind::strong;
    Facts parameters;                       // that are the same at all points
    Facts grown;                            // in weak scaling those that grow, per core
    std::vector<ScalingPoint> points;       // by cores, ascending
    std::string base;                       // "serial on 1 core, 488.1 ms": what speedups refer to
    double base_seconds = 0;                // its time,
    int base_cores = 1;                     // and its number of cores
    std::optional<AmdahlFit> amdahl;        // strong scaling, from 3 different numbers of cores
    std::optional<UniversalFit> universal;  // from 4
    std::string note;                       // why there is no fit, or what is doubtful about it
    double ideal_speedup(double cores) const { return cores / base_cores; }
    double fitted_speedup_amdahl(double cores) const;
    double fitted_speedup_universal(double cores) const;
};

// Series with at least two numbers of cores. Launches whose problem grows in proportion to the cores are weak
// scaling. Speedups refer to the fastest case of the same problem on 1 core, whatever its variant, or if
// there is none to the series' fewest cores. Only the series of the cases that select() would take with
// `wanted`; bases are looked for among all cases. Throws UsageError as select() does.
std::vector<ScalingSeries> scaling_of(const std::vector<Case>& cases,
                                      const std::vector<std::string>& wanted = {});

// Fits the laws to the points that are not crowded and notes what is doubtful about that. Errors count
// relative to the measured time, so that all numbers of cores weigh the same.
void fit_laws(ScalingSeries& series);

}  // namespace pacer::timings
