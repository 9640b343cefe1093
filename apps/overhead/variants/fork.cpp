// A process for each piece: a copy of a small one, made when its memory is first written to.
#include <stdexcept>

#include "apps/overhead/overhead.hpp"

namespace pacer::overhead {

Answer fork(const Problem& problem, const Team&) {
    const auto forked = problem.means->starter->fork(problem.workers);
    if (!forked.error.empty()) throw std::runtime_error(forked.error);
    return answer_of_workers(problem, forked.sum, 1, forked.seconds);
}

}  // namespace pacer::overhead
