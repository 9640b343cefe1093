// The calls within a repeat: what each of them took on every rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pacer {

// What a variant that clocks its own calls says of its executions, on this rank: the seconds of every call,
// or of several short calls their mean, and how many these are. As many on every rank of the case, in the
// order run.
struct CallTimes {
    std::vector<double> seconds;
    std::vector<std::int64_t> calls;  // [seconds]

    void add(double mean_seconds, std::int64_t of_calls = 1) {
        seconds.push_back(mean_seconds);
        calls.push_back(of_calls);
    }
    void add(const CallTimes& more);
    double total_seconds() const;  // of all calls together
};

// Samples of calls of a case.
struct Calls {
    std::vector<std::int32_t> repeat;  // [samples]: the repeat of each, ascending
    std::vector<std::int64_t> calls;   // [samples]: how many calls each is the mean of
    std::vector<double> seconds;       // [samples x ranks], row-major

    bool operator==(const Calls&) const = default;
    bool empty() const { return repeat.empty(); }
    std::size_t size() const { return repeat.size(); }
    std::span<const double> row(std::size_t sample) const;  // the seconds of its ranks
    std::vector<double> slowest() const;                    // of each sample, the seconds of its slowest rank
};

// The same calls, neighbours averaged until a sample lasts as long as `shortest_seconds`, as far as there are
// any: the clock cannot tell less. They are all of one repeat. Where the slowest rank changes from call to
// call no rank's mean says how long the calls took: the slowest rank of a merged sample has the mean of the
// calls' maxima.
Calls long_enough(Calls samples, double shortest_seconds);

// The sample whose slowest rank is the median one (of an even number the lower): what a repeat took.
std::size_t median_call(const Calls& samples);

// Adds the samples of repeat number `repeat`.
void append(Calls& all, const Calls& samples, std::int32_t repeat);

}  // namespace pacer
