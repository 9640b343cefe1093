#include "common/measure/doubts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <optional>

#include "common/measure/statistics.hpp"

namespace pacer {

namespace {

// What to say of a variant, if the doubt concerns it.
using Finding = std::function<std::optional<std::string>(const Record&, const std::vector<double>& seconds)>;

struct Doubt {
    std::string_view sentence;
    Finding finding;
};

std::optional<std::string> when(bool concerned, std::string words = {}) {
    return concerned ? std::optional(std::move(words)) : std::nullopt;
}

std::vector<Doubt> all_doubts(const RunOptions& options, bool stopped) {
    const bool fixed_repeats = options.repeats > 0;
    return {
        {"faster than the limit, so the probe of the limit is wrong",
         [](const Record& r, const auto& s) {
             const double ratio = r.limit.seconds / median(s);
             return when(ratio > 1.02, fmt::format("{:.0f} %", 100 * ratio));
         }},
        {stopped ? "stopped before the median was known to 2 %"
                 : "the time budget ended before the median was known to 2 %",
         [=](const Record& r, const auto& s) {
             return when(!fixed_repeats && !r.converged, fmt::format("{} repeats", s.size()));
         }},
        {stopped ? "stopped before all repeats were done"
                 : "the time budget ended before all repeats were done",
         [=](const Record&, const auto& s) {
             return when(static_cast<std::int64_t>(s.size()) < options.repeats,
                         fmt::format("{} repeats", s.size()));
         }},
        {stopped ? "fewer than 6 repeats, so nothing is known of how they vary"
                 : "fewer than 6 repeats for want of time, so nothing is known of how they vary",
         [=](const Record& r, const auto& s) {
             const bool wanting = fixed_repeats ? std::ssize(s) < options.repeats : !r.converged;
             return when(std::ssize(s) < fewest_for_interval && wanting, fmt::format("{}", s.size()));
         }},
        {"the first execution took over 1.5 times the median",
         [](const Record& r, const auto& s) {
             const double ratio = r.first_seconds / median(s);
             return when(ratio > 1.5, fmt::format("{:.1f}x", ratio));
         }},
        {"drifted from the first third of the repeats to the last",
         [](const Record&, const auto& s) {
             const double change = drift(s) - 1;
             return when(std::abs(change) > 0.05, fmt::format("{:+.0f} %", 100 * change));
         }},
        {"neighbouring repeats are correlated, so the interval is too narrow",
         [](const Record&, const auto& s) {
             const double correlation = lag1_autocorrelation(s);
             return when(s.size() >= 10 && correlation > 0.5, fmt::format("{:.2f}", correlation));
         }},
        {"the repeats fall in two groups, so the median may jump between launches",
         [](const Record&, const auto& s) { return when(two_modes(s)); }},
        {"shorter than 1000 clock steps, so timed in batches",
         [](const Record& r, const auto&) { return when(r.batch > 1, fmt::format("{} a repeat", r.batch)); }},
    };
}

constexpr double wanted_half_width = 0.02;  // of the interval of the median, relative to it

}  // namespace

bool known_well(const Record& record) {
    if (static_cast<std::int64_t>(record.repeats()) < fewest_repeats) return false;
    const auto seconds = record.repeat_seconds();
    const auto interval = median_interval(seconds);
    return interval->high - interval->low <= 2 * wanted_half_width * median(seconds);
}

std::vector<std::string> doubts(const std::vector<Record>& records, const RunOptions& options, bool stopped) {
    std::vector<std::string> sentences;
    for (const auto& doubt : all_doubts(options, stopped)) {
        std::vector<std::string> concerned;
        for (const auto& record : records) {
            if (record.repeats() == 0) continue;
            const auto words = doubt.finding(record, record.repeat_seconds());
            if (words)
                concerned.push_back(case_name(record, records) + (words->empty() ? "" : " (" + *words + ")"));
        }
        constexpr std::size_t most = 8;
        if (concerned.size() > most) {
            const auto more = concerned.size() - (most - 1);
            concerned.resize(most - 1);
            concerned.push_back(fmt::format("and {} more", more));
        }
        if (!concerned.empty())
            sentences.push_back(fmt::format("{}: {}", doubt.sentence, fmt::join(concerned, ", ")));
    }
    return sentences;
}

}  // namespace pacer
