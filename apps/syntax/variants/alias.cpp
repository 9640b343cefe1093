// A second name for a vector, or a copy of it: one element is changed through what is made, and then it is
// looked at in both.
#include <type_traits>

#include "apps/syntax/syntax.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using Vector = std::vector<double>;
constexpr double mark = -1;

// In C++ `auto b = a` copies.
Vector deep_copy(Vector& a, std::size_t at) {
    auto b = a;
    b[at] = mark;
    return b;
}

Vector& reference(Vector& a, std::size_t at) {
    auto& b = a;
    b[at] = mark;
    return b;
}

double* pointer(Vector& a, std::size_t at) {
    auto* const b = a.data();
    b[at] = mark;
    return b;
}

std::span<double> view(Vector& a, std::size_t at) {
    const std::span b = a;
    b[at] = mark;
    return b;
}

// The original is as before when this returns.
template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("change one element");
    using Made = std::invoke_result_t<decltype(way), Vector&, std::size_t>;
    constexpr bool copies = std::is_same_v<Made, Vector>;
    auto& a = problem.original;
    const auto at = a.size() / 2;
    const double before = a[at];
    std::int64_t originals_changed = 0, others_changed = 0;
    Vector last;
    for (auto left = problem.calls; left > 0; --left) {
        decltype(auto) b = way(*opaque(&a), opaque(at));
        used(&b[0]);
        others_changed += b[at] == mark ? 1 : 0;
        originals_changed += a[at] == mark ? 1 : 0;
        a[at] = before;
        if constexpr (copies) last = std::move(b);
    }
    Answer answer;
    answer.values = std::move(last);
    answer.originals_changed = originals_changed;
    answer.others_changed = others_changed;
    answer.aliases = !copies;
    return answer;
}

constexpr auto ways = std::to_array<Way>({
    {"deep_copy", "auto b = a", run<deep_copy>, Uses::core},
    {"reference", "auto& b = a", run<reference>, Uses::core},
    {"pointer", "auto* b = a.data()", run<pointer>, Uses::core},
    {"view", "std::span b = a", run<view>, Uses::core},
});

// The change is seen in b in every call, and the original is unchanged at the end.
Number want(const Problem& problem) {
    return Number::of_whole(problem.calls + weighted(problem.values));
}

// The original changes with its aliases in every call, with its copies in none; and the last copy differs
// from the original in the one element.
Number read(const Problem& problem, const Answer& answer) {
    const auto wrong = Number::of_whole(-1);
    if (answer.originals_changed != (answer.aliases ? problem.calls : 0)) return wrong;
    if (!answer.aliases) {
        auto expected = problem.values;
        expected[expected.size() / 2] = mark;
        if (answer.values != expected) return wrong;
    }
    return Number::of_whole(answer.others_changed + weighted(problem.original));
}

Observations observe(const Problem& problem, const Answer& answer) {
    const auto calls = static_cast<double>(problem.calls);
    return {{"original_changed", static_cast<double>(answer.originals_changed) / calls}};
}

std::string obstacle(const Problem& problem, const Way&) {
    return problem.elements > 0 ? "" : "there is no element to change";
}

}  // namespace

// An alias moves no elements.
constinit const Idiom alias = {
    .name = "alias", .ways = ways, .want = want, .read = read, .observe = observe, .obstacle = obstacle};

}  // namespace pacer::syntax
