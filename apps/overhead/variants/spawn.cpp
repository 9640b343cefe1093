// A new MPI process for each piece: started as a program is, and connected to this one's messages.
#include "apps/overhead/harness.hpp"
#include "common/base/say.hpp"

namespace pacer::overhead {

// Without workers nothing is returned: a wrong answer, which leaves the other variants theirs.
Answer spawn(const Problem& problem, const Team&) {
    return Harness::processes(problem, [](Starter& starter, std::int64_t workers) {
        auto spawned = starter.spawn(workers);
        if (!spawned.error().empty()) say("overhead: {}\n", spawned.error());
        return spawned;
    });
}

}  // namespace pacer::overhead
