// Numbers as people write and read them: "2e9", "64Ki", "490.1 ms", "23.8 GB/s".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pacer {

// A count: digits, optionally a fraction, an exponent, and a suffix k M G T P (powers of 1000) or Ki Mi Gi Ti
// Pi (powers of 1024). The whole word must parse, to a whole number from 0 to 2^63 - 1 without rounding.
// Throws UsageError naming the word.
std::int64_t parse_count(std::string_view word);

// Seconds with a unit that leaves one to three digits before the point: "1.234 s", "490.1 ms", "12.3 us".
std::string format_seconds(double seconds);

// A rate with its SI prefix: format_rate(2.38e10, "B/s") is "23.8 GB/s".
std::string format_rate(double per_second, std::string_view unit);

// Bytes with a binary prefix: "16.0 GiB".
std::string format_bytes(double bytes);

// The other figures of tables: a ratio "1.050", a factor "2.31x", a share "3.0 %", or "3.0" below a "%".
std::string format_ratio(double ratio);
std::string format_times(double factor);
std::string format_percent(double share);
std::string format_hundredths(double share);

// "1 launch", "24 launches"; `many` is `one` with an s unless it is given.
std::string counted(std::size_t count, std::string_view one, std::string_view many = {});

// In characters of UTF-8.
std::size_t width_of(std::string_view text);

}  // namespace pacer
