// Blocks that may have ended an earlier run, calculated where a death does no harm.
#pragma once

#include "apps/fileio/flow/handout.hpp"
#include "apps/fileio/flow/process.hpp"

namespace pacer::fileio {

// Like Processor::process, by one thread. A record at which the calculation crashes, ends the program or
// takes longer than the job allows is rejected and the reason says so; what else is in its block is done. A
// program (exec:) that answers not a single record of the block is at fault itself: throws ProgramFailed.
void process_on_trial(const Job& job, const Handout& block, const TakePiece& take);

}  // namespace pacer::fileio
