// Compiled with -ffp-contract=off: a fused multiply-add, where a machine has one, would round differently.
#include "apps/fileio/calculation/lorenz.hpp"

#include <fmt/format.h>

#include <cfloat>
#include <cmath>

namespace pacer::fileio {

namespace {

static_assert(FLT_EVAL_METHOD == 0, "intermediate results of more than 64 bits give other answers");

constexpr double sigma = 10, rho = 28, beta = 8.0 / 3, dt = 0.001;

struct Point {
    double x, y, z;
};

Point velocity(Point at) {
    return {sigma * (at.y - at.x), at.x * (rho - at.z) - at.y, at.x * at.y - beta * at.z};
}

Point moved(Point from, double time, Point velocity) {
    return {from.x + time * velocity.x, from.y + time * velocity.y, from.z + time * velocity.z};
}

double weighted(double first, double second, double third, double fourth) {
    return first + 2 * (second + third) + fourth;
}

// 4 velocities of 8 operations, 3 moves of 6, and the last one with 3 weighted sums of 4.
constexpr std::int64_t operations_of_step = 4 * 8 + 3 * 6 + 3 * 4 + 6;

Point step(Point from) {
    const Point a = velocity(from);
    const Point b = velocity(moved(from, dt / 2, a));
    const Point c = velocity(moved(from, dt / 2, b));
    const Point d = velocity(moved(from, dt, c));
    return moved(from, dt / 6,
                 {weighted(a.x, b.x, c.x, d.x), weighted(a.y, b.y, c.y, d.y), weighted(a.z, b.z, c.z, d.z)});
}

// Rounded; what no run would live to see the end of is cut.
std::int64_t scaled(std::int64_t steps, double weight) {
    return std::llround(std::fmin(static_cast<double>(steps) * weight, 1e18));
}

}  // namespace

Calculation lorenz(std::int64_t steps) {
    Calculation calculation;
    calculation.name = calculation.identity = fmt::format("lorenz:{}", steps);
    calculation.fields = 3;
    calculation.results = 3;
    calculation.scales = true;
    constexpr std::int64_t countable = INT64_MAX / operations_of_step;
    calculation.operations = steps <= countable ? steps * operations_of_step : INT64_MAX;
    calculation.calculate = [steps](std::span<const double> fields, double weight, std::span<double> results,
                                    std::string& message) {
        Point point{fields[0], fields[1], fields[2]};
        const std::int64_t count = scaled(steps, weight);
        for (std::int64_t i = 0; i < count; ++i) point = step(point);
        if (!std::isfinite(point.x) || !std::isfinite(point.y) || !std::isfinite(point.z)) {
            message = fmt::format("the Lorenz system leaves the range of numbers within {} steps", count);
            return false;
        }
        results[0] = point.x;
        results[1] = point.y;
        results[2] = point.z;
        return true;
    };
    return calculation;
}

}  // namespace pacer::fileio
