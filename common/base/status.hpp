// How a program ends: the exit statuses, and the exception for what the user can fix.
#pragma once

#include <stdexcept>

namespace pacer {

// The same on every rank and in every app.
enum class ExitStatus : int {
    right = 0,
    wrong = 1,          // a wrong answer, nothing done or checked, or (timings) a confirmed regression
    usage = 2,          // bad usage or input
    inconclusive = 3,   // a selected variant got no repeat, or (timings) nothing can be told
    other_tests = 4,    // (timings) cases are missing, or the hardware is another
    stopped_early = 75  // stopped by a signal in good order; run again
};

// Something the user can fix: a bad option, a missing file, a full disk. `what()` is one sentence that names
// what to do. Thrown on every rank alike (see on_root), printed once, and the launch ends with status 2.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace pacer
