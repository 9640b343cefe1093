// A command line as it would be typed.
#pragma once

#include <string>

namespace pacer {

// The words of a command line, quoted for a shell.
std::string command_line(int argc, char** argv);

}  // namespace pacer
