// Gnuplot as a function from script to drawing.
#pragma once

#include <string>

namespace pacer::timings {

// What gnuplot, found in PATH, writes for this script. It reads no settings of the user's. Throws UsageError:
// it is missing, or it failed.
std::string run_gnuplot(const std::string& script);

}  // namespace pacer::timings
