// How much work was really done, as the tools that do it count it: a variant that skips reading or
// calculating is caught even if its answer is right.
#pragma once

#include <cstdint>
#include <optional>

#include "common/measure/record.hpp"
#include "common/parallel/team.hpp"

namespace pacer::fileio {

struct Effort {
    std::int64_t bytes_read = 0;       // of files, as they lie on disk
    std::int64_t lines_processed = 0;  // by a Processor
};

// Called by the Processor, from any thread.
void count_lines_processed(std::int64_t lines);

// Compares what was done since the last answer with what an answer takes.
class EffortCheck {
  public:
    EffortCheck();

    // To be called once for every answer, after one or several executions. Returns what is less than `least`;
    // nothing if an answer took as much. Collective over the team; only rank 0's result counts.
    std::optional<Check> missing(const Team& team, const Effort& least);

  private:
    Effort seen_;    // on this rank, when it was last looked at
    Effort unused_;  // on rank 0: done, and not yet accounted for by an answer
};

}  // namespace pacer::fileio
