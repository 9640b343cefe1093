// Launches with known times, for tests of what is made of many of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::examples {

// How often a procedure is simulated: as usual, or as SIMULATED_RUNS says.
inline int simulated_runs(int usual) {
    const char* given = std::getenv("SIMULATED_RUNS");
    return given == nullptr ? usual : std::max(1, std::atoi(given));
}

// A right case of one rank whose repeats all took as long.
inline Record timed(const std::string& variant, double seconds, const std::string& app = "reduce") {
    Record made;
    made.app = app;
    made.variant = variant;
    made.parameters = {{"elements", std::int64_t{1000}}, {"source", std::string("iota")}};
    made.round = {0, 1, 2};
    made.seconds.assign(3, seconds);
    made.verdict = {3, 0, "42", "42", "0"};
    return made;
}

inline Record left_out(const std::string& variant, const std::string& why) {
    auto made = timed(variant, 1);
    made.round.clear();
    made.seconds.clear();
    made.verdict = {};
    made.not_run = why;
    return made;
}

inline Launch launch_of(const std::string& id, std::vector<Record> records) {
    Launch made;
    made.id = id;
    made.environment = {{"program", std::string("reduce")}, {"clock_resolution_seconds", 2e-8}};
    made.records = std::move(records);
    return made;
}

// `count` launches of these variants around `seconds`, evenly spread over +- `spread` (0.01: 1 %).
inline std::vector<Launch> spread_launches(const std::string& prefix, int count,
                                           const std::vector<std::string>& variants, double seconds,
                                           double spread = 0.01) {
    std::vector<Launch> launches;
    for (int i = 0; i < count; ++i) {
        const double place = count == 1 ? 0 : 2.0 * i / (count - 1) - 1;
        std::vector<Record> records;
        for (const auto& variant : variants) {
            records.push_back(timed(variant, seconds * std::exp(spread * place)));
        }
        launches.push_back(launch_of(fmt::format("{}-{:08x}", prefix, i), records));
    }
    return launches;
}

// What every launch knows of itself besides.
inline std::vector<Launch> with_fact(std::vector<Launch> launches, const std::string& name,
                                     const Value& value) {
    for (auto& launch : launches) launch.environment.emplace_back(name, value);
    return launches;
}

// Lets the launches of both sides run in turns, A B B A A B ..., one every `seconds`.
inline void take_turns(std::vector<Launch>& base, std::vector<Launch>& candidate, int seconds = 3) {
    int now = 0;
    const auto start = [&](Launch& launch) {
        launch.environment.emplace_back(
            "start_time", fmt::format("2026-11-22T{:02}:{:02}:{:02}Z", now / 3600, now / 60 % 60, now % 60));
        now += seconds;
    };
    for (std::size_t i = 0; i < base.size(); ++i) {
        start(i % 2 == 0 ? base[i] : candidate[i]);
        start(i % 2 == 0 ? candidate[i] : base[i]);
    }
}

}  // namespace pacer::examples
