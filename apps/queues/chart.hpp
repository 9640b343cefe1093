// Timelines as text.
#pragma once

#include <string>
#include <vector>

#include "apps/queues/timeline.hpp"

namespace pacer::queues {

inline constexpr std::size_t chart_columns = 64;
inline constexpr std::size_t most_rows = 32;  // of more workers the first and the last are shown

// The tasks of a worker over so many seconds, a column each 1/64 of them. Its letter is that of the task that
// took most of the column, from 0 for the first task via Z to z for the last of `tasks`; a dot if more than
// half of it was idle.
std::string chart_row(const Row& row, double seconds, std::int64_t tasks);

// "0@1 1@2 2@1": task@worker, the first and the last dozen in the order begun, in two lines.
std::string order_begun(const Timeline& timeline);

// All of them, with what they mean.
std::string chart(const std::vector<Timeline>& timelines, std::int64_t tasks);

}  // namespace pacer::queues
