// The warnings of all launches, each shown once.
#include <fmt/format.h>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/measure/doubts.hpp"

namespace pacer::timings {

std::string warnings_section(const Report& report) {
    Table table({{"", "warning", unit::text},
                 {"", "launches", unit::figure, face::all, "that have it"},
                 {"", "variants", unit::text, face::all, "concerned, and in how many launches"}});
    for (const auto& group : doubt_groups(report.launches)) {
        std::string variants;
        for (const auto& [name, launches] : group.cases) {
            variants += fmt::format("{}{}\u00a0({})", variants.empty() ? "" : ", ", name, launches);
        }
        const auto count = fmt::format("{} of {}", group.launches, report.launches.size());
        table.add(
            {Cell(group.sentence).marked("prose"), {group.launches, count}, Cell(variants).marked("prose")});
    }
    return table.empty() ? "<p>No launch has a warning.</p>\n" : table.html("Warnings");
}

}  // namespace pacer::timings
