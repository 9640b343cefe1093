// The commands of timings: each is one file, one line here, one row of the table in main.cpp, one word in
// CMake.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "common/status.hpp"

namespace pacer::timings {

// What a command does once its options have been read. Throws UsageError.
using Run = std::function<ExitStatus()>;

// Each declares the command's options and returns what to run.
Run add_show(CLI::App& command);
Run add_export(CLI::App& command);
Run add_validate(CLI::App& command);
Run add_merge(CLI::App& command);
Run add_compare(CLI::App& command);
Run add_noise(CLI::App& command);
Run add_nodes(CLI::App& command);
Run add_scaling(CLI::App& command);
Run add_plot(CLI::App& command);
Run add_report(CLI::App& command);
Run add_summary(CLI::App& command);

}  // namespace pacer::timings
