// Timelines as a file that Perfetto (ui.perfetto.dev) and chrome://tracing open.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/queues/timeline.hpp"

namespace pacer::queues {

// The timelines one after the other in the Trace Event Format (Duffy, Lei et al., "Trace Event Format",
// Google 2016): complete events in microseconds, a process a rank, a thread a thread, each worker's tasks
// within an event of the variant's name. `append` gets the JSON text piece by piece.
void write_trace(const std::vector<Timeline>& timelines, const Problem& problem,
                 const std::function<void(std::string_view)>& append);

// The same as a file, whole or not there at all. Throws UsageError.
void write_trace_file(const std::vector<Timeline>& timelines, const Problem& problem, const std::string& name,
                      bool force);

}  // namespace pacer::queues
