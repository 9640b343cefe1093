#include "common/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "common/base/status.hpp"

namespace pacer {

namespace {

__extension__ using Wide = unsigned __int128;

[[noreturn]] void refuse(std::string_view word) {
    throw UsageError(
        fmt::format("'{}' is not a count: write a whole number from 0 to 9223372036854775807, such as "
                    "2000000000, 2e9, 2G or 64Ki",
                    word));
}

// What a suffix multiplies by; 0 if it is none.
std::int64_t multiplier(std::string_view suffix) {
    if (suffix.empty()) return 1;
    const bool binary = suffix.size() == 2 && suffix[1] == 'i';
    if (suffix.size() != 1 && !binary) return 0;
    constexpr std::string_view letters = "kMGTP";
    const auto power = letters.find(suffix[0] == 'K' ? 'k' : suffix[0]);
    if (power == std::string_view::npos) return 0;
    std::int64_t value = 1;
    for (std::size_t i = 0; i <= power; ++i) value *= binary ? 1024 : 1000;
    return value;
}

// The exponent after 'e' at `position`, which is moved behind it.
int exponent_at(std::string_view word, std::size_t& position) {
    const auto digit = [&](std::size_t at) { return at < word.size() && std::isdigit(word[at]) != 0; };
    if (position >= word.size() || (word[position] != 'e' && word[position] != 'E')) return 0;
    if (position + 1 < word.size() && word[position + 1] == '+') ++position;
    if (!digit(position + 1)) refuse(word);
    int exponent = 0;
    for (++position; digit(position); ++position) {
        exponent = exponent * 10 + (word[position] - '0');
        if (exponent > 18) refuse(word);
    }
    return exponent;
}

std::string with_prefix(double value, std::string_view unit) {
    constexpr std::array prefixes = {"", "k", "M", "G", "T", "P", "E"};
    std::size_t power = 0;
    while (value >= 999.5 && power + 1 < prefixes.size()) {
        value /= 1000;
        ++power;
    }
    return fmt::format("{:.{}f} {}{}", value, value < 9.995 ? 2 : 1, prefixes[power], unit);
}

}  // namespace

std::int64_t parse_count(std::string_view word) {
    constexpr Wide largest = std::numeric_limits<std::int64_t>::max();
    Wide value = 0;
    int decimals = 0;
    bool digits = false, point = false;
    std::size_t position = 0;
    for (; position < word.size(); ++position) {
        const char letter = word[position];
        if (letter == '.' && !point) {
            point = true;
        } else if (std::isdigit(static_cast<unsigned char>(letter)) != 0) {
            value = value * 10 + static_cast<Wide>(letter - '0');
            decimals += point ? 1 : 0;
            digits = true;
            if (value > largest || decimals > 18) refuse(word);
        } else {
            break;
        }
    }
    if (!digits) refuse(word);
    int exponent = exponent_at(word, position);
    const auto factor = multiplier(word.substr(position));
    if (factor == 0) refuse(word);
    for (; exponent > 0 && value <= largest; --exponent) value *= 10;
    if (value > largest) refuse(word);
    value *= static_cast<Wide>(factor);
    for (; decimals > 0; --decimals) {
        if (value % 10 != 0) refuse(word);  // half an element
        value /= 10;
    }
    if (value > largest) refuse(word);
    return static_cast<std::int64_t>(value);
}

std::string format_seconds(double seconds) {
    constexpr std::array<std::pair<double, const char*>, 4> units = {
        {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
    for (const auto& [scale, name] : units) {
        const double value = seconds / scale;
        if (value >= 0.9995 || scale == 1e-9) {
            return fmt::format("{:.{}f} {}", value, value < 9.9995 ? 3 : value < 99.995 ? 2 : 1, name);
        }
    }
    return {};
}

std::string format_rate(double per_second, std::string_view unit) {
    return with_prefix(per_second, unit);
}

std::string format_bytes(double bytes) {
    constexpr std::array prefixes = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t power = 0;
    while (bytes >= 1024 && power + 1 < prefixes.size()) {
        bytes /= 1024;
        ++power;
    }
    return fmt::format("{:.{}f} {}", bytes, power == 0 ? 0 : 1, prefixes[power]);
}

std::string format_ratio(double ratio) {
    return fmt::format("{:.3f}", ratio);
}

// A variant may lose to its baseline by much.
std::string format_times(double factor) {
    if (factor < 0.00995) return fmt::format("{:.2g}x", factor);
    return fmt::format("{:.{}f}x", factor, factor < 0.995 ? 3 : 2);
}

std::string format_percent(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

std::string format_hundredths(double share) {
    return fmt::format("{:.1f}", 100 * share);
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    if (count == 1) return fmt::format("1 {}", one);
    return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace pacer
