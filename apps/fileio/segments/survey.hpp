// What the logs of earlier sessions say, before a run by segments goes on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/segments/segment.hpp"
#include "apps/fileio/segments/segment_log.hpp"

namespace pacer::fileio {

// What earlier sessions did, by the names of files.
struct Survey {
    struct Trace {
        std::string path;
        std::int64_t time = 0, begin = 0, end = 0;
        Stretch stretch{};
    };
    std::vector<Trace> traces{};
    std::int64_t done = 0, rejected = 0;  // records of all pieces, but those that were dropped
    std::int64_t records() const { return done + rejected; }
};

// Looks through one log from end to end, and cuts off what is not whole behind; what is left is on disk then.
// Throws UsageError too if it is of a run with other options, and ReadingStopped if `stop` says so.
void survey_log(const SegmentLogs& logs, const LogName& name, Survey& survey, bool (*stop)());

std::string written(const Survey& survey);
void read_survey(std::string_view text, Survey& survey);  // adds it

}  // namespace pacer::fileio
