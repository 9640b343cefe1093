#include "common/base/doubt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pacer {

namespace {

using enum Gravity;

constexpr auto kinds = std::to_array<DoubtKind>({
    {"failed", fault, "{subject}"},
    {"oversubscribed", fault,
     "{subject} compute at once, with {value} for this launch: they take turns, so the times include "
     "waiting.",
     "{}", " cores", " core"},
    {"over_quota", fault,
     "{subject} compute at once, with the time of {value} for this launch (a cgroup quota): they take turns, "
     "so the "
     "times include waiting.",
     "{:.4g}", " cores", " core"},
    {"bound_to_one_core", fault,
     "{subject}: bound to 1 core a rank, so a hybrid variant has no second core there to run a thread on."},
    {"bound_to_few_cores", fault,
     "{subject}: bound to {value} a rank, where the threads of a variant take turns.", "{}", " cores",
     " core"},
    {"crowded", fault, "{subject} have only {value} between them, though others are free.", "{}", " cores",
     " core"},
    {"crowded_by_openmp", fault,
     "{subject} have only {value} between them: OMP_PROC_BIND, OMP_PLACES or a related variable put them "
     "there.",
     "{}", " cores", " core"},
    {"idle_cores", fault, "{subject}: bound to {value} of them, an OpenMP variant leaves the others idle.",
     "{}"},
    {"idle_cores_hybrid", fault,
     "The threads of hybrid variants on {subject} reach {value} of them: the others stay idle.", "{}"},
    {"foreign_topology", note, "PACER_TOPOLOGY={subject} was taken for this machine"},
    {"unsteady_clock_rate", doubt, "this host's cores do not always run at one speed: {subject}"},
    {"thread_limit", fault, "OMP_THREAD_LIMIT={value} leaves OpenMP fewer threads than the {subject} here",
     "{}"},
    {"few_places", fault, "OMP_PLACES keeps OpenMP's threads on {value} of the {subject} here", "{}"},
    {"others_load",
     doubt,
     "other processes took {value} of {subject}'s CPU time during the launch",
     "{:.0f}",
     " %",
     {},
     100},
    {"steal",
     doubt,
     "the hypervisor took {value} of {subject}'s CPU time during the launch",
     "{:.0f}",
     " %",
     {},
     100},
    {"odd_host", doubt, "the nodes differ: {subject}"},
    {"slow_clock",
     doubt,
     "the cores of {subject} ran {value} slower than those of the fastest node",
     "{:.0f}",
     " %",
     {},
     100},
    {"more_hosts", doubt, "{value} the doubt '{subject}'", "{}", " more nodes have", " more node has"},
    {"counter_waits", doubt,
     "a ticket from the shared counter came only when rank 0 called MPI: between these ranks there are no "
     "atomics without its help, so variants that draw tickets wait while rank 0 computes"},
    {"few_increments",
     doubt,
     "an increment under a lock of the window took {value}, since its owner has to call MPI to answer: "
     "{subject} increments are made, fewer than usual (--window-increments)",
     "{:.3g}",
     " ms",
     {},
     1000},
    {"small_arrays", doubt,
     "arrays of {value} of the usual size, or they would take more than half of the free memory", "1/{}"},
    {"arrays_in_cache", doubt,
     "arrays of {value} of the usual size, or they would take more than half of the free memory: they fit "
     "the last cache: what is timed is a cache's speed, not that of memory",
     "1/{}"},
    {"chosen_arrays_in_cache", doubt,
     "arrays of {subject} fit the last cache: what is timed is a cache's speed, not that of memory"},
    {"sweep_cut", note,
     "the sweep ends at {subject}, {value} times the last cache, or it would take more than half of the free "
     "memory",
     "{:.2g}"},
    {"below_limit",
     doubt,
     "faster than the limit: the probe is wrong, or the variant does not do all the work",
     "{:.0f}",
     " %",
     {},
     100},
    {"median_unknown", doubt, "the time budget ended before the median was known to 2 %", "{}", " repeats",
     " repeat"},
    {"median_unknown_at_stop", doubt, "stopped before the median was known to 2 %", "{}", " repeats",
     " repeat"},
    {"repeats_missing", doubt, "the time budget ended before all repeats were done", "{}", " repeats",
     " repeat"},
    {"repeats_missing_at_stop", doubt, "stopped before all repeats were done", "{}", " repeats", " repeat"},
    {"few_repeats", doubt, "fewer than 6 repeats for lack of time, so nothing is known about how they vary",
     "{}"},
    {"few_repeats_at_stop", doubt, "fewer than 6 repeats, so nothing is known about how they vary", "{}"},
    {"cold_first", note, "the first execution took over 1.5 times the median", "{:.1f}", "x"},
    {"drift",
     doubt,
     "became slower or faster from the first third of the repeats to the last",
     "{:.0f}",
     " % slower",
     {},
     100,
     " % faster"},
    {"correlation", doubt,
     "each repeat resembles the one before, so the median is less certain than its interval says", "{:.2f}",
     " correlation"},
    {"two_modes", doubt, "the repeats fall into two groups, so the median may jump between launches"},
    {"outlying_repeats", doubt,
     "single repeats took far more or far less time than the others, as when the machine stalls", "{:.3g}",
     "x the median"},
    {"batch", note, "shorter than 1000 clock steps, so timed in batches", "{}", " a repeat"},
    {"besides_budget", note,
     "making the data and probing the limits took {value}, which is no part of the time budget: a smaller -n "
     "or --no-limits take less",
     "{:.1f}", " s"},
    {"over_budget", note, "executing every variant once or twice took {value}, more than the time budget",
     "{:.1f}", " s"},
    {"calls_cut", note, "a launch keeps a million numbers of calls, so those of later repeats are missing",
     "{}", " repeats have theirs", " repeat has them"},
    {"batch_barriers", note,
     "the ranks meet before each execution of a batch, which is not in its time but takes some: with that "
     "executions last longer",
     "{:.1f}", "x"},
    {"lucky_race", note,
     "lost no update in this launch, but only by luck: nothing keeps its workers from doing so", "{}",
     " workers"},
    {"read_from_cache",
     doubt,
     "read from the nodes' memory, which keeps the files although asked to forget them: what is timed is "
     "not storage",
     "{:.0f}",
     " %",
     {},
     100},
    {"stopped", fault, "stopped early by a signal"},
    {"said", fault, "{subject}"},
});

constexpr DoubtKind unknown_kind{"", doubt, "{subject}"};

std::string replaced(std::string text, std::string_view mark, std::string_view by) {
    if (const auto at = text.find(mark); at != text.npos) text.replace(at, mark.size(), by);
    return text;
}

}  // namespace

std::span<const DoubtKind> doubt_kinds() {
    return kinds;
}

const DoubtKind& doubt_kind(std::string_view name) {
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
    return found == kinds.end() ? unknown_kind : *found;
}

std::string value_words(const DoubtKind& kind, double low, double high) {
    if (kind.format.empty()) return {};
    const auto text = [&](double value) {
        return fmt::format(fmt::runtime(kind.format), value * kind.factor);
    };
    if (low < 0 && !kind.negative_unit.empty()) {
        if (high >= 0) return value_words(kind, low, low) + " to " + value_words(kind, high, high);
        auto negative = kind;
        negative.unit = kind.negative_unit;
        return value_words(negative, -high, -low);
    }
    auto words = text(high);
    const auto unit = words == "1" && !kind.one.empty() ? kind.one : kind.unit;
    if (auto least = text(low); least != words) words = least.append("\u2013").append(words);
    return words.append(unit);
}

// The subject last: it may have anything in it.
std::string sentence(const DoubtKind& kind, std::string_view subject, double low, double high) {
    return replaced(replaced(std::string(kind.sentence), "{value}", value_words(kind, low, high)),
                    "{subject}", subject);
}

std::string sentence(const Doubt& doubt) {
    const auto& kind = doubt_kind(doubt.kind);
    if (&kind == &unknown_kind) return fmt::format("{} {}", doubt.kind, doubt.subject);
    return sentence(kind, doubt.subject, doubt.value, doubt.value);
}

}  // namespace pacer
