// What is no plain text of numbers, and how to make that of it.
#pragma once

#include <string>
#include <string_view>

namespace pacer {

// Editors put it before UTF-8. It is passed over at the start of a line.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// What a file is that begins so, and what to do with it: "UTF-16: iconv -f UTF-16 -t UTF-8 FILE makes text of
// it". Empty if it may be text. `text`: its first line at least.
std::string foreign_format(std::string_view text);

// What a byte is that no number has, and what to do with it; what follows it may say more. "byte 0xe2 is not
// text", "a Unicode minus; write -".
std::string foreign_character(std::string_view from);

}  // namespace pacer
