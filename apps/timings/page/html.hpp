// The HTML of the report besides its tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/report/table.hpp"

namespace pacer::timings::html {

// An image element that holds the drawing itself. In an image no script runs, and names cannot clash with
// those of another drawing; its text is dark or light as the page's is.
std::string image(std::string_view drawing, std::string_view description);

// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& words, std::size_t most);

// A part of the page that is folded until it is clicked.
std::string folded(std::string_view title, std::string_view content);

}  // namespace pacer::timings::html
