// What a dump cannot be.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace pacer {

// The text completes "cannot read FILE: " and "cannot write FILE: ".
template <class... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    throw std::runtime_error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace pacer
