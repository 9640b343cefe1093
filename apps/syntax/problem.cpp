// Making the problems, and judging answers.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <new>
#include <random>

#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::syntax {

namespace {

// What freed memory is kept for the next vector, as in a program that has run for a while: else the kernel
// would be asked for every large vector anew, and zeroing its pages would take longer than any idiom.
void keep_freed_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 16 << 20);
}

std::vector<std::int64_t> sizes_of(const Idiom& idiom, const Settings& settings) {
    if (&idiom == &files) return {10, settings.files};
    if (&idiom == &fill && settings.elements > largest_reallocated) return {4, 10, 500, settings.elements};
    return {4, 10, settings.elements};
}

// What distinguishes the cases of one idiom at one size.
struct Kind {
    std::string_view order, wanted;
};

std::vector<Kind> kinds_of(const Idiom& idiom, bool large) {
    if (&idiom == &files) return {{"", "all"}, {"", "first"}};
    // A branch predictor learns the order of few elements anyway.
    if (idiom.by_order && large) return {{"random", ""}, {"sorted", ""}};
    if (idiom.by_order) return {{"random", ""}};
    return {{}};
}

std::int64_t calls_of(const Idiom& idiom, std::int64_t elements, std::int64_t wanted) {
    if (&idiom == &files) return 1;
    const auto calls = wanted / std::max<std::int64_t>(elements, 1);
    if (&idiom != &alias) return std::max<std::int64_t>(calls, 1);
    // An alias takes a nanosecond whatever it refers to, so that few calls could not be timed; but each call
    // of the copy takes as long as its elements do: no more than a hundred times those of other idioms.
    const auto bearable = wanted / std::max<std::int64_t>(elements / 100, 1);
    return std::max<std::int64_t>({calls, std::min(bearable, wanted / 1000), 1});
}

// An execution is not interrupted, and files are made one by one: neither has an end in sight beyond these.
void refuse_endless(const Settings& settings) {
    if (settings.work > most_work) {
        throw UsageError(
            fmt::format("--work {} is too much for one execution: use at most {}", settings.work, most_work));
    }
    if (settings.files > most_files) {
        throw UsageError(fmt::format("--files {} is too many: use at most {}", settings.files, most_files));
    }
}

const Idiom* idiom_named(std::string_view name) {
    return *std::find_if(idioms.begin(), idioms.end(),
                         [&](const auto* idiom) { return idiom->name == name; });
}

std::vector<Comparison> plan_comparisons(const Settings& settings,
                                         const std::vector<Group<Problem, Answer>>& chosen) {
    std::vector<Comparison> planned;
    for (const auto& group : chosen) {
        const auto* const idiom = idiom_named(group.problem);
        std::vector<std::int64_t> seen;
        for (const auto elements : sizes_of(*idiom, settings)) {
            if (std::find(seen.begin(), seen.end(), elements) != seen.end()) continue;
            seen.push_back(elements);
            for (const auto& [order, wanted] : kinds_of(*idiom, elements == settings.elements)) {
                auto problem = std::make_unique<Problem>();
                problem->idiom = idiom;
                problem->elements = elements;
                problem->calls = calls_of(*idiom, elements, settings.work);
                problem->order = order;
                problem->wanted = wanted;
                planned.push_back({std::move(problem), group.variants});
            }
        }
    }
    return planned;
}

void refuse_if_too_large(const Team& world, const std::vector<Comparison>& planned) {
    double bytes = 0;
    std::int64_t elements = 0;
    for (const auto& [problem, ways] : planned) {
        if (problem->idiom == &files) continue;
        // The values, and what each way leaves to be checked: two arrays at most.
        bytes += 8.0 * static_cast<double>(problem->elements) * (2 + 2 * static_cast<double>(ways.size()));
        elements = std::max(elements, problem->elements);
    }
    bytes += 3 * 8.0 * static_cast<double>(elements);  // a vector that grows
    require_memory(world, world.root() ? bytes : 0, memory_on_node(world) / 10 * 9,
                   fmt::format("{} elements, for all that was chosen,", elements),
                   "use fewer elements, or choose fewer with --problems or --variants");
}

// The few numbers of a small size would meet none of the conditions of `nesting`, and a sum of nothing be
// right.
bool has_match_added(const Problem& problem) {
    return problem.idiom == &nesting && problem.elements > 0 && problem.elements <= 10;
}

void know_answer(const Problem& problem) {
    problem.want = problem.idiom->want(problem);
    if (problem.idiom->seen != nullptr) problem.want_seen = problem.idiom->seen(problem);
}

using Trees = std::map<std::int64_t, std::shared_ptr<const TemporaryTree>>;  // by the number of files

void fill_problem(Problem& problem, Trees& trees) {
    if (problem.idiom == &files) {
        auto& tree = trees[problem.elements];
        if (!tree) tree = std::make_shared<const TemporaryTree>(problem.elements);
        problem.tree = tree;
    } else {
        std::mt19937_64 random;  // the same numbers in every launch and with every library
        problem.values.resize(static_cast<std::size_t>(problem.elements));
        for (auto& value : problem.values) value = static_cast<double>(1 + random() % 1024);
        if (problem.order == "sorted") std::sort(problem.values.begin(), problem.values.end());
        if (has_match_added(problem)) problem.values.back() = 512;
        if (problem.idiom == &alias) problem.original = problem.values;
    }
    know_answer(problem);
}

// Smaller data lie in the innermost cache, too, which has 32 KiB or more.
void set_limits(const Team& world, const std::vector<Comparison>& comparisons) {
    constexpr std::int64_t innermost_bytes = 16 << 10;
    set_activity("probing the limits");
    for (const auto& [problem, ways] : comparisons) {
        const auto& traffic = problem->idiom->traffic;
        if (problem->elements == 0) continue;
        const auto size = std::max(8 * problem->elements, innermost_bytes);
        const double bytes =
            8.0 * static_cast<double>(problem->elements) * static_cast<double>(problem->calls);
        const auto limit = [&](const Probe& probe, double share) {
            if (share == 0) return Limit{};
            const double rate = probed_rates(world, {}, probe, size, {Uses::core})[Uses::core];
            return limit_by(probe, share * bytes, rate, "1 core");
        };
        problem->limit = longer(limit(probe("write"), traffic.written), limit(probe("read"), traffic.read));
    }
}

// Whether what the idiom makes is there to be looked at, and was there after some earlier calls.
bool is_complete(const Problem& problem, const Answer& answer) {
    const auto places = problem.idiom->places;
    return (places == 0 || answer.output) && answer.count >= 0 &&
           (places < 2 || answer.count <= problem.elements) &&
           (problem.idiom->seen == nullptr || answer.seen == problem.want_seen);
}

}  // namespace

std::vector<Group<Problem, Answer>> all_groups() {
    std::vector<Group<Problem, Answer>> groups;
    for (const auto* idiom : idioms)
        groups.push_back({idiom->name, idiom->ways.front().name, {idiom->ways.begin(), idiom->ways.end()}});
    return groups;
}

std::vector<Comparison> make_comparisons(const Team& world, const Settings& settings,
                                         const std::vector<Group<Problem, Answer>>& chosen) {
    refuse_endless(settings);
    auto comparisons = plan_comparisons(settings, chosen);
    refuse_if_too_large(world, comparisons);
    on_root(world, [&] {
        keep_freed_memory();
        Trees trees;
        for (const auto& [problem, ways] : comparisons) fill_problem(*problem, trees);
    });
    if (settings.limits) set_limits(world, comparisons);
    return comparisons;
}

void remove_temporary_files(const std::vector<Comparison>& comparisons) {
    for (const auto& [problem, ways] : comparisons) problem->tree.reset();
}

void alter(const Problem& problem, const Way&, const Team&) {
    problem.altered = !problem.altered;
    if (problem.tree) problem.tree->hide_first(problem.altered);
    if (problem.elements > 0 && !problem.tree) {
        auto& value = problem.values[static_cast<std::size_t>(problem.elements / 2)];
        value = problem.altered ? changed(problem.kept = value) : problem.kept;
        if (problem.idiom == &alias) {
            problem.original = problem.values;
            problem.calls += problem.altered ? 1 : -1;
        }
    }
    know_answer(problem);
}

Judgement judge(const Problem& problem, Answer& answer, const Team&) {
    constexpr double spoilt = std::numeric_limits<double>::quiet_NaN();
    const auto& idiom = *problem.idiom;
    const auto read = is_complete(problem, answer) ? idiom.read(problem, answer) : Number::of_whole(-1);
    Judgement judgement{.check = {read, problem.want}, .own = Part{work(problem).items, read}};
    if (idiom.observe != nullptr) judgement.observed = idiom.observe(problem, answer);
    if (auto* const output = answer.output.get()) {
        std::fill_n(output, idiom.places * problem.elements, spoilt);
    }
    return judgement;
}

Work work(const Problem& problem) {
    Work work;
    work.items = problem.elements * problem.calls;
    return work;
}

Facts parameters(const Problem& problem) {
    Facts facts = {{"idiom", std::string(problem.idiom->name)},
                   {"elements", problem.elements},
                   {"calls", problem.calls}};
    if (!problem.order.empty()) facts.emplace_back("order", std::string(problem.order));
    if (!problem.wanted.empty()) facts.emplace_back("wanted", std::string(problem.wanted));
    if (has_match_added(problem)) facts.emplace_back(method_parameter, "match_added");
    return facts;
}

void describe(const Problem& problem, const Way& way, Record& record) {
    record.limit = problem.limit;
    if (problem.idiom->obstacle != nullptr) record.not_run = problem.idiom->obstacle(problem, way);
}

Buffer<double> output_for(std::int64_t values) {
    constexpr std::size_t page = 4096;
    const auto pages = static_cast<std::size_t>(values) * sizeof(double) / page + 1;
    auto* const memory = static_cast<double*>(std::aligned_alloc(page, pages * page));
    if (!memory) throw std::bad_alloc();
    return Buffer<double>(memory);
}

Int128 weighted(std::span<const double> values, std::int64_t first) {
    constexpr double exact = 9007199254740992;  // 2^53
    Int128 total = 0;
    for (const double value : values) {
        if (!(value > -exact && value < exact && value == std::trunc(value))) return -1;
        total += Int128{first++} * static_cast<std::int64_t>(value);
    }
    return total;
}

}  // namespace pacer::syntax
