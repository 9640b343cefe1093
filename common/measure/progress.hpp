// One line on stderr that says what is going on; only on a terminal.
#pragma once

#include <string_view>

namespace pacer::progress {

// True if what this process writes to stderr reaches a terminal: directly, or through the mpirun that started
// it.
bool on_terminal();

// Replaces the line, at most ten times a second.
void show(std::string_view text);

// Removes the line.
void clear();

}  // namespace pacer::progress
