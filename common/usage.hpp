// How a command line that cannot be parsed is refused.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "common/status.hpp"

namespace pacer {

// The parser's sentence, its full stop removed, and where to look the options up.
inline UsageError bad_usage(std::string_view what, std::string_view command) {
    while (what.ends_with('\n') || what.ends_with('.')) what.remove_suffix(1);
    return UsageError(fmt::format("{} ({} --help lists the options)", what, command));
}

}  // namespace pacer
