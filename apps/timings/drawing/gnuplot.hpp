// Gnuplot as a function from a script to a drawing.
#pragma once

#include <string>

namespace pacer::timings {

// What gnuplot, found in PATH, writes for this script. It ignores the user's settings. Throws UsageError if
// it is missing or fails.
std::string run_gnuplot(const std::string& script);

}  // namespace pacer::timings
