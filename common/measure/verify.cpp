#include "common/measure/verify.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace pacer {

bool Check::passed() const {
    if (!got.is_real && !want.is_real) return got.whole == want.whole;
    if (same_bits && std::bit_cast<std::uint64_t>(got.real) != std::bit_cast<std::uint64_t>(want.real))
        return false;
    // Written so that NaN on either side, which compares false, fails.
    const double difference = std::abs(got.as_double() - want.as_double());
    return std::isfinite(want.as_double()) && difference <= tolerance;
}

void Verdict::add(const Check& check) {
    const bool passed = check.passed();
    ++checked;
    failed += passed ? 0 : 1;
    if (checked == 1 || (!passed && failed == 1)) {
        got = to_string(check.got);
        want = to_string(check.want);
        tolerance = fmt::format("{}", check.tolerance);
    }
}

// What is within its tolerance and yet wrong was to have the very bits.
std::string Verdict::words() const {
    const auto got_number = parse_number(got), wanted = parse_number(want), within = parse_number(tolerance);
    const bool near =
        got_number && wanted && within && Check{*got_number, *wanted, within->as_double()}.passed();
    return fmt::format("got {}, want {}{}", got, want,
                       near               ? " to the bit"
                       : tolerance == "0" ? ""
                                          : " within " + tolerance);
}

}  // namespace pacer
