// Calculations that must be refused, or must do no harm. calculation_test.cpp asks for them by name.
#include <unistd.h>

#include <cfenv>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "apps/fileio/calculation/pacer_calculation.h"

namespace {

int accept(double* results) {
    results[0] = 1;
    return 0;
}

}  // namespace

#define ACCEPTS(NAME)                                                                           \
    PACER_C pacer_calculation_function NAME;                                                    \
    int NAME(const double*, std::int32_t, double* results, std::int32_t, char*, std::int32_t) { \
        return accept(results);                                                                 \
    }

#define SHAPED(NAME, VERSION, FIELDS, RESULTS)                                              \
    ACCEPTS(NAME)                                                                           \
    PACER_C pacer_shape_function NAME##_shape;                                              \
    void NAME##_shape(std::int32_t* version, std::int32_t* fields, std::int32_t* results) { \
        *version = VERSION;                                                                 \
        *fields = FIELDS;                                                                   \
        *results = RESULTS;                                                                 \
    }

ACCEPTS(without_shape)
SHAPED(newer, PACER_CALCULATION_VERSION + 1, 1, 1)
SHAPED(negative_fields, PACER_CALCULATION_VERSION, -1, 1)
SHAPED(negative_results, PACER_CALCULATION_VERSION, 1, -1)
SHAPED(absurd_fields, PACER_CALCULATION_VERSION, 4097, 1)
SHAPED(absurd_results, PACER_CALCULATION_VERSION, 1, 4097)
SHAPED(largest, PACER_CALCULATION_VERSION, 4096, 4096)
SHAPED(least, PACER_CALCULATION_VERSION, 0, 0)

ACCEPTS(silent)
PACER_C pacer_shape_function silent_shape;
void silent_shape(std::int32_t*, std::int32_t*, std::int32_t*) {}

PACER_CALCULATION(wanders, 1, 1);
int wanders(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    results[0] = fields[0];
    int status = 0;
    for (int i = 0; i < 1000; ++i) status |= ::chdir("/");  // other threads are at work meanwhile
    return status;
}

PACER_CALCULATION(rounds_up, 1, 1);
int rounds_up(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    results[0] = std::fegetround() == FE_TONEAREST ? fields[0] : 1;
    return std::fesetround(FE_UPWARD);
}

PACER_CALCULATION(throws, 1, 1);
int throws(const double*, std::int32_t, double*, std::int32_t, char*, std::int32_t) {
    throw std::domain_error("thrown by the library");
}

PACER_CALCULATION(unterminated, 1, 1);
int unterminated(const double*, std::int32_t, double*, std::int32_t, char* message,
                 std::int32_t message_size) {
    std::memset(message, 'x', static_cast<std::size_t>(message_size));
    return 1;
}

PACER_CALCULATION(unreasoned, 1, 1);
int unreasoned(const double*, std::int32_t, double*, std::int32_t, char*, std::int32_t) {
    return -7;
}

PACER_CALCULATION(several_lines, 1, 1);
int several_lines(const double*, std::int32_t, double*, std::int32_t, char* message, std::int32_t) {
    std::strcpy(message, "one\ntwo\t\x1b three\r\n  ");
    return 1;
}

PACER_CALCULATION(forgetful, 1, 2);
int forgetful(const double* fields, std::int32_t n_fields, double* results, std::int32_t, char*,
              std::int32_t) {
    results[0] = fields[n_fields - 1];
    return 0;
}

// Functions that end or block the process that calls them, for records whose first field is 17.

// Not const, and not local: no compiler may know what it points to.
extern volatile double* volatile nowhere;
volatile double* volatile nowhere = nullptr;

PACER_CALCULATION(crashes, 1, 1);
int crashes(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    if (fields[0] == 17) *nowhere = 1;
    return accept(results);
}

namespace {

// Without an end; `volatile`, and the sum behind the call, so that no compiler makes a loop of it.
double deeper(double depth) {
    volatile double frame[64] = {depth};
    const double below = depth < 0 ? 0 : deeper(depth + 1);
    return frame[0] + below;
}

}  // namespace

PACER_CALCULATION(overflows, 1, 1);
int overflows(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    results[0] = fields[0] == 17 ? deeper(1) : 1;
    return 0;
}

PACER_CALCULATION(exits, 1, 1);
int exits(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    if (fields[0] == 17) std::exit(3);
    return accept(results);
}

PACER_CALCULATION(hangs, 1, 1);
int hangs(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    while (fields[0] == 17) ::sleep(1);
    return accept(results);
}

PACER_CALCULATION(throws_sometimes, 1, 1);
int throws_sometimes(const double* fields, std::int32_t, double* results, std::int32_t, char*, std::int32_t) {
    if (fields[0] == 17) throw std::runtime_error("seventeen is too many");
    return accept(results);
}
