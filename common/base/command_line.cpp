#include "common/base/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string_view>

namespace pacer {

namespace {

std::string quoted_for_shell(std::string_view word) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("_-+=./,:@%^", c) != nullptr;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'') {
            quoted.append("'\\''");
        } else {
            quoted.push_back(c);
        }
    }
    quoted.push_back('\'');
    return quoted;
}

}  // namespace

std::string command_line(int argc, char** argv) {
    std::string line;
    for (int arg = 0; arg < argc; ++arg) {
        if (arg > 0) line += ' ';
        line += quoted_for_shell(argv[arg]);
    }
    return line;
}

}  // namespace pacer
