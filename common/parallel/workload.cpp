#include "common/parallel/workload.hpp"

#include <cmath>

#include "common/parallel/random.hpp"

namespace pacer {

namespace {

// Pareto's distribution, cut off at 50 times its least value (alpha = 1.5: some items cost as much as dozens
// of others). Scaled so that its mean, which follows by integration, is 1.
double heavy_tailed(double u) {
    constexpr double alpha = 1.5, reach = 50;
    const double cut = std::pow(reach, -alpha);
    const double mean = alpha / (alpha - 1) * (1 - std::pow(reach, 1 - alpha)) / (1 - cut);
    return std::pow(1 - u * (1 - cut), -1 / alpha) / mean;
}

}  // namespace

std::string_view name_of(Workload workload) {
    switch (workload) {
        case Workload::even:
            return "even";
        case Workload::linear:
            return "linear";
        case Workload::heavy:
            break;
    }
    return "heavy";
}

const std::map<std::string, Workload>& workloads() {
    static const std::map<std::string, Workload> by_name = {
        {"even", Workload::even}, {"linear", Workload::linear}, {"heavy", Workload::heavy}};
    return by_name;
}

double Weights::of(std::int64_t index) const {
    switch (workload) {
        case Workload::even:
            break;
        case Workload::linear:
            return (2 * static_cast<double>(index) + 1) / static_cast<double>(items);
        case Workload::heavy: {
            constexpr std::uint32_t stream = 2;
            const auto words = random_words(static_cast<std::uint64_t>(index), stream, seed);
            return heavy_tailed(uniform(words[0], words[1]));
        }
    }
    return 1;
}

}  // namespace pacer
