// The loop a newcomer writes: the baseline that every speedup refers to.
#include <algorithm>

#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

namespace {

Int128 sum_int64(const Problem& problem, Range range) {
    const auto* values = problem.whole.int64.get();
    std::int64_t sum = 0;
    if (values) {
        for (std::int64_t i = range.begin; i < range.end; ++i) sum += static_cast<std::int64_t>(values[i]);
    } else {
        for (std::int64_t i = range.begin; i < range.end; ++i) sum += made(i);
    }
    return sum;
}

double sum_float64(const Problem& problem) {
    const auto* values = problem.whole.float64.get();
    double sum = 0;
    if (values) {
        for (std::int64_t i = 0; i < problem.all.end; ++i) sum += values[i];
    } else {
        for (std::int64_t i = 0; i < problem.all.end; ++i) sum += static_cast<double>(made(i) % period);
    }
    return sum;
}

}  // namespace

Answer serial(const Problem& problem, const Team&) {
    PACER_REGION("sum all");
    Number total = zero(problem.settings);
    if (total.is_real) {
        total.real = sum_float64(problem);
    } else {
        // In one piece up to some 2e9 elements; beyond, in pieces whose sums 64 bits hold.
        const auto most = safe_count(problem.whole.int64 ? integer_bound : problem.all.end);
        for (std::int64_t begin = 0; begin < problem.all.end;) {
            const auto end = begin + std::min(problem.all.end - begin, most);
            total.whole += sum_int64(problem, {begin, end});
            begin = end;
        }
    }
    return {total, {problem.all.size(), total}};
}

}  // namespace pacer::reduce
