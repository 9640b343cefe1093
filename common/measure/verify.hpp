// Deciding whether answers are right: one Check an answer, one Verdict a case.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/number.hpp"

namespace pacer {

// One answer against the truth. `tolerance` is absolute and derived from the arithmetic, 0 for exact answers.
struct Check {
    Number got = {}, want = {};
    double tolerance = 0;
    // A real answer must match the wanted one bit for bit. The tolerance then applies only to the ranks'
    // partial results, each of which was rounded.
    bool same_bits = false;

    // Exact for whole numbers; |got - want| <= tolerance for reals. NaN and infinities never pass.
    bool passed() const;
};

// All checks of one case. The decimal strings are those of the first failed check, else of the first check.
struct Verdict {
    std::int64_t checked = 0, failed = 0;
    std::string got, want, tolerance;

    void add(const Check& check);
    // "got 3, want 4", and how near that should be.
    std::string words() const;
    bool right() const { return checked > 0 && failed == 0; }  // nothing checked is not a pass
};

}  // namespace pacer
