// The commands of timings. Each is one file, one line here, one row of the table in commands.cpp, and one
// line in CMakeLists.txt.
#pragma once

#include <functional>

#include "common/launch/arguments.hpp"

namespace pacer::timings {

// Reads and runs the command line. Throws UsageError.
ExitStatus run_command(int argc, char** argv);

// What a command does once its options have been read. Throws UsageError.
using Run = std::function<ExitStatus()>;

// Each declares the command's options and returns what to run.
Run add_show(Arguments& command);
Run add_export(Arguments& command);
Run add_validate(Arguments& command);
Run add_merge(Arguments& command);
Run add_compare(Arguments& command);
Run add_noise(Arguments& command);
Run add_nodes(Arguments& command);
Run add_network(Arguments& command);
Run add_scaling(Arguments& command);
Run add_plot(Arguments& command);
Run add_report(Arguments& command);
Run add_summary(Arguments& command);
Run add_verdict(Arguments& command);

}  // namespace pacer::timings
