#include "apps/timings/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

enum class Quantity { rate, seconds, seconds_per_item };
enum class Cores { one, all, any };

// A figure is the best of the cases that fit: those of an app, of a variant unless empty, whose parameter
// `name` has that text unless empty, on one core or on several. Of a time on several cores those count that
// had the most: it grows with them.
struct Wanted {
    std::string_view words, app, variant, name, text;
    Cores cores;
    Quantity quantity;
};

constexpr std::array wanted = {
    Wanted{"integers added, 1 core", "reduce", "", "source", "iota", Cores::one, Quantity::rate},
    Wanted{"integers added, all cores", "reduce", "", "source", "iota", Cores::all, Quantity::rate},
    Wanted{"memory read, 1 core", "memory", "", "experiment", "read", Cores::one, Quantity::rate},
    Wanted{"memory read, all cores", "memory", "", "experiment", "read", Cores::all, Quantity::rate},
    Wanted{"memory by triad, all cores", "memory", "", "experiment", "triad", Cores::all, Quantity::rate},
    Wanted{"latency of memory", "memory", "chase", "experiment", "order", Cores::one,
           Quantity::seconds_per_item},
    Wanted{"an atomic increment of a shared counter", "race", "atomic", "place", "threads", Cores::any,
           Quantity::seconds_per_item},
    Wanted{"a thread started and joined", "overhead", "thread", "kind", "workers", Cores::any,
           Quantity::seconds_per_item},
    Wanted{"an OpenMP region entered and left", "overhead", "openmp_region", "kind", "workers", Cores::all,
           Quantity::seconds},
    Wanted{"a process forked and waited for", "overhead", "fork", "kind", "workers", Cores::any,
           Quantity::seconds_per_item},
    Wanted{"a message of 8 bytes, one way", "overhead", "pingpong", "bytes", "8", Cores::all,
           Quantity::seconds},
    Wanted{"MPI_Barrier", "overhead", "barrier", "kind", "barrier", Cores::all, Quantity::seconds},
    Wanted{"MPI_Allreduce of 8 bytes", "overhead", "allreduce", "bytes", "8", Cores::all, Quantity::seconds},
};

bool fits_cores(Cores cores, const CaseKey& key) {
    return cores == Cores::any || (cores == Cores::one) == (key.ranks * key.threads == 1);
}

bool fits(const Wanted& figure, const CaseKey& key) {
    return key.app == figure.app && (figure.variant.empty() || key.variant == figure.variant) &&
           (figure.name.empty() || fact(key.parameters, figure.name) == figure.text) &&
           fits_cores(figure.cores, key);
}

// Work, items or executions a second, of the median launch: the larger the better.
double goodness(const Wanted& figure, const Case& one) {
    const auto& first = one.launches.front();
    const double seconds = median(one.medians());
    if (figure.quantity == Quantity::seconds) return 1 / seconds;
    if (figure.quantity == Quantity::seconds_per_item)
        return static_cast<double>(std::max<std::int64_t>(first.record->work.items, 1)) / seconds;
    const auto summary = summarise(*first.record, *first.launch);
    return summary.rate * summary.median_seconds / seconds;
}

bool is_better(const Wanted& figure, const Case& one, const Case& best) {
    const auto cores = [](const Case& of) { return std::int64_t{of.key.ranks} * of.key.threads; };
    if (figure.cores == Cores::all && figure.quantity == Quantity::seconds && cores(one) != cores(best))
        return cores(one) > cores(best);
    return goodness(figure, one) > goodness(figure, best);
}

std::optional<Figure> figure_of(const Wanted& figure, const std::vector<Case>& cases) {
    const Case* best = nullptr;
    for (const auto& one : cases) {
        if (one.launches.empty() || one.failed > 0 || !fits(figure, one.key)) continue;
        if (best == nullptr || is_better(figure, one, *best)) best = &one;
    }
    if (best == nullptr) return std::nullopt;
    const auto& key = best->key;
    const auto& first = best->launches.front();
    const double value = goodness(figure, *best);
    return Figure{std::string(figure.words),
                  figure.quantity == Quantity::rate
                      ? format_rate(value, summarise(*first.record, *first.launch).rate_unit)
                      : format_seconds(1 / value),
                  fmt::format("{}/{} {} x {}", key.app, key.variant, key.ranks, key.threads)};
}

}  // namespace

std::vector<Figure> figures_of(const std::vector<Case>& cases) {
    std::vector<Figure> figures;
    for (const auto& figure : wanted) {
        if (auto found = figure_of(figure, cases)) figures.push_back(std::move(*found));
    }
    return figures;
}

}  // namespace pacer::timings
