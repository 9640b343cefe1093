// A new MPI process for each piece: started as a program is, and connected to this one's messages.
#include "apps/overhead/overhead.hpp"
#include "common/base/say.hpp"

namespace pacer::overhead {

// Without workers nothing is returned: a wrong answer, which leaves the other variants theirs.
Answer spawn(const Problem& problem, const Team&) {
    const auto spawned = problem.means->starter->spawn(problem.workers);
    if (!spawned.error.empty()) say("overhead: {}\n", spawned.error);
    auto answer = answer_of_workers(problem, spawned.sum, 1, spawned.seconds);
    answer.hangs = spawned.hangs;
    return answer;
}

}  // namespace pacer::overhead
