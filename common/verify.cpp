#include "common/verify.hpp"

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

}  // namespace pacer
