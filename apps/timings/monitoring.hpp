// Findings for programs that watch machines: continuous integration reads JUnit's XML, Prometheus its text.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/peers.hpp"
#include "apps/timings/headlines.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

// What a command found, as both formats tell it.
struct Findings {
    std::string command;  // "compare"
    std::string kind;     // of what the rows name: "node"; empty if they name nothing
    std::vector<PeerRow> rows;
    std::string sentence;  // what it comes to
    ExitStatus status = ExitStatus::right;
    std::optional<std::time_t> latest;  // when the latest of the new launches began, if that is known
};

std::vector<PeerRow> without_names(const std::vector<Difference>& differences);

// When the latest launch began; none if no start_time can be read.
std::optional<std::time_t> latest_start(const std::vector<Launch>& launches);

// A testcase for each row, in a suite for each app, and one for the whole: a failure is what is slower, wrong
// or missing, an error what cannot be told. The time is the median of the new launches, in seconds. The
// schema is that of Jenkins (its xunit plugin), which others read, too.
std::string junit(const Findings& findings);

// Gauges of the text format 0.0.4, for the textfile collector of Prometheus' node exporter. The labels of a
// case stay the same from run to run; of the words for a finding one has the value 1, all others 0.
std::string prometheus(const Findings& findings);
std::string prometheus(const std::vector<Figure>& figures, const std::string& host,
                       std::optional<std::time_t> latest);

}  // namespace pacer::timings
