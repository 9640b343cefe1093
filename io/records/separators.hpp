// What a byte may be between fields: a part of RecordParser and of FieldCutter.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/records/record_format.hpp"

namespace pacer::separators {

// Each a bit, so that those of a line can be gathered.
inline constexpr std::uint8_t other = 0, space = 1, tab = 2, comma = 4, semicolon = 8, line_end = 16;
inline constexpr unsigned firm = comma | semicolon;

using Kinds = std::array<std::uint8_t, 256>;

// What each byte is, for lines of that format.
const Kinds& kinds_of(const RecordFormat& format);

inline bool several(unsigned kinds) {
    return (kinds & (kinds - 1)) != 0;
}

inline constexpr std::string_view lone_cr_advice =
    "a CR alone does not end a line here; convert line ends to LF: tr '\\r' '\\n'";

// Why a line with those kinds is refused if nothing is said of separators.
std::string mixed(unsigned kinds);

// In quotes, no longer than fits a message. All of it must be printable.
std::string quoted(std::string_view word);

}  // namespace pacer::separators
