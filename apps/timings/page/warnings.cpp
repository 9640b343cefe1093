// The warnings of all launches, each told once.
#include <fmt/format.h>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/measure/doubts.hpp"

namespace pacer::timings {

std::string warnings_section(const Report& report) {
    html::Table table("Warnings", {{"warning", "", false},
                                   {"launches", "that gave it"},
                                   {"variants", "concerned, and in how many launches", false}});
    for (const auto& group : doubt_groups(report.launches)) {
        std::string variants;
        for (const auto& [name, launches] : group.cases) {
            variants += fmt::format("{}{}\u00a0({})", variants.empty() ? "" : ", ", name, launches);
        }
        auto sentence = html::text(group.sentence);
        sentence.classes = "prose";
        auto concerned = html::text(variants);
        concerned.classes = "prose";
        const auto count = fmt::format("{} of {}", group.launches, report.launches.size());
        table.add({sentence, html::figure(static_cast<double>(group.launches), count), concerned});
    }
    return table.empty() ? "<p>None of the launches gave a warning.</p>\n" : table.html();
}

}  // namespace pacer::timings
