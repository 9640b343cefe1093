// How time depends on the number of cores: speedup, efficiency, and the laws fitted to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/timings/cases.hpp"

namespace pacer::timings {

struct Estimate {
    double value = 0, low = 0,
           high = 0;  // 95 % interval; low = high = value where there are too few launches for one
    bool has_interval = false;
};

// All launches of one variant on the same number of cores.
struct ScalingPoint {
    int ranks = 1, threads = 1;
    int launches = 0;
    Estimate seconds, speedup,
        efficiency;        // efficiency: of strong scaling speedup / cores, of weak scaling base / time
    double imbalance = 1;  // largest over mean of the ranks' times, median over repeats and launches
    int cores() const { return ranks * threads; }
};

// T(p) = serial + parallel / p.
struct AmdahlFit {
    double serial_fraction = 0;  // of the time on one core
    double residual = 0;         // root mean square of ln(measured / fitted)
};

// Universal Scalability Law (Gunther): speedup(p) = p / (1 + contention (p - 1) + coherency p (p - 1)).
struct UniversalFit {
    double contention = 0, coherency = 0, residual = 0;
    double best_cores = 0;  // where the speedup is largest; 0: it grows without end
    double best_speedup = 0;
};

enum class ScalingKind { strong, weak };

struct ScalingSeries {
    std::string app, variant;
    ScalingKind kind = ScalingKind::strong;
    Facts parameters;                       // that are the same at all points
    std::vector<ScalingPoint> points;       // by cores, ascending
    std::string base;                       // "serial, 1 core, 488.1 ms": what speedups refer to
    std::optional<AmdahlFit> amdahl;        // from 3 different numbers of cores
    std::optional<UniversalFit> universal;  // from 4
    std::string note;                       // why there is no fit, or what is doubtful about it
    double fitted_speedup_amdahl(double cores) const;
    double fitted_speedup_universal(double cores) const;
};

// Series with at least two numbers of cores. Launches whose problem grows with the cores in proportion are
// weak scaling.
std::vector<ScalingSeries> scaling_of(const std::vector<Case>& cases);

}  // namespace pacer::timings
