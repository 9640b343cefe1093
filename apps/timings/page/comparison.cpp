// What changed against the baseline, case by case.
#include <fmt/format.h>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"

namespace pacer::timings {

std::string comparison_section(const Report& report) {
    if (!report.comparison) return {};
    std::string differences;
    for (const auto& difference : report.comparison->environment)
        differences += fmt::format("<li>{}</li>\n", html_text(difference));
    const auto environment =
        differences.empty()
            ? std::string("<p>The two sides ran in the same environment, as far as it is known.</p>\n")
            : fmt::format("<p>What differs between the two sides:</p>\n<ul class=\"differences\">\n{}</ul>\n",
                          differences);
    return environment + table_of(report.comparison->cases).html("Comparison with the baseline");
}

}  // namespace pacer::timings
