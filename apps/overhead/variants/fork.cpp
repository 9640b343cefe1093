// A process for each piece: a copy of a small one, made when its memory is first written to.
#include <stdexcept>

#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer fork(const Problem& problem, const Team&) {
    return Harness::processes(problem, [](Starter& starter, std::int64_t workers) {
        auto forked = starter.fork(workers);
        if (!forked.error().empty()) throw std::runtime_error(forked.error());
        return forked;
    });
}

}  // namespace pacer::overhead
