// What is left of findings if there are many of them: Holm's adjustment.
#include <fmt/format.h>

#include <algorithm>

#include "apps/timings/compare/difference.hpp"
#include "apps/timings/compare/launch_statistics.hpp"

namespace pacer::timings {

namespace {

constexpr double significant = 0.05;

// Why a finding by itself does not count among so many; nothing if it does.
void hold_back(Difference& row, std::size_t cases, double adjusted, int fewest) {
    const auto* word = row.finding == Finding::slower ? "slower" : "faster";
    if (row.units < fewest || row.smallest_p * static_cast<double>(cases) > significant) {
        row.add_note(fmt::format("{}, but one of {} cases: confirm it with fresh launches", word, cases));
        row.launches_needed = std::max(fewest, launches_for_cases(cases, row.basis == Basis::pair));
    } else if (adjusted > significant) {
        row.add_note(fmt::format("{}, but of {} cases one may look so by chance (Holm: p = {:.2g})", word,
                                 cases, adjusted));
    } else {
        return;
    }
    row.finding = Finding::inconclusive;
}

}  // namespace

void settle_by_holm(const std::vector<Difference*>& differences, int fewest) {
    std::vector<Difference*> compared;
    std::vector<double> p;
    for (auto* one : differences) {
        if (!one->low) continue;
        compared.push_back(one);
        p.push_back(one->p);
    }
    if (compared.size() < 2) return;
    const auto adjusted = holm(p);
    for (std::size_t i = 0; i < compared.size(); ++i) {
        auto& row = *compared[i];
        if (row.finding == Finding::slower || row.finding == Finding::faster)
            hold_back(row, compared.size(), adjusted[i], fewest);
    }
}

}  // namespace pacer::timings
