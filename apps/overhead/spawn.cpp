// A new MPI process for each piece: started as a program is, and connected to this one's messages.
#include "apps/overhead/overhead.hpp"

namespace pacer::overhead {

Answer spawn(const Problem& problem, const Team&) {
    const auto spawned = problem.means->spawner->spawn(problem.workers);
    auto answer = answer_of_workers(problem, spawned.sum, 1, spawned.seconds);
    answer.hangs = spawned.hangs;
    return answer;
}

}  // namespace pacer::overhead
