// What changed against the baseline, case by case.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"

namespace pacer::timings {

namespace {

std::string list_of(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return {};
    std::string items;
    for (const auto& line : lines) items += fmt::format("<li>{}</li>\n", html_text(line));
    return fmt::format("<p>{}:</p>\n<ul class=\"differences\">\n{}</ul>\n", title, items);
}

}  // namespace

std::string comparison_section(const Report& report) {
    if (!report.comparison) return {};
    const auto& made = *report.comparison;
    auto text = list_of("Not the same tests", made.other_tests) +
                list_of("Disturbed launches", made.disturbed) +
                list_of("Launches that stand out", made.outliers);
    text += made.environment.empty()
                ? "<p>The two sides ran in the same environment, as far as it is known.</p>\n"
                : list_of("What differs between the two sides, or within one", made.environment);
    text += list_of("What was compared", made.compared) + list_of("Expected differences", made.expected) +
            list_of("Run by no launch", made.untested);
    return text + table_of(made.cases).html("Comparison with the baseline");
}

}  // namespace pacer::timings
