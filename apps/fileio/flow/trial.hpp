// Blocks that may have ended an earlier run, calculated in a process that may die.
#pragma once

#include "apps/fileio/flow/handout.hpp"
#include "apps/fileio/flow/process.hpp"

namespace pacer::fileio {

// Like Processor::process, by one thread. A record at which the calculation crashes, ends the program or
// takes longer than the job allows is rejected and the reason says so; what else is in its block is done.
void process_on_trial(const Job& job, const Handout& block, const TakePiece& take);

}  // namespace pacer::fileio
