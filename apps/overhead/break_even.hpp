// How long a piece of work must be for workers to pay.
#pragma once

#include <cstdint>
#include <string>

#include "common/measure/record.hpp"

namespace pacer::overhead {

// A piece of work of t seconds takes t / w + o on w workers whose starting and joining takes o: a speedup of
// t / (t / w + o), below w. The least t that gains this part of the most that w workers can gain, a
// speedup of 1 + gain * (w - 1). `workers` from 2 on, 0 < gain < 1.
double break_even_seconds(double overhead_seconds, std::int64_t workers, double gain);

// A row for each way to share work that the launch measured, with 2 workers or more, cheapest first; empty
// if there is none. Ways whose workers are more than `cores`, or whose ranks are `crowded`, are marked.
std::string break_even_table(const Launch& launch, std::int64_t cores, bool crowded);

}  // namespace pacer::overhead
