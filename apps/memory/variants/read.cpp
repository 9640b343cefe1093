#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <Uses uses>
Answer read(const Problem& problem, const Team& team) {
    const auto& arrays = arrays_of<uses>(problem);
    const double total = over_threads(team.threads, arrays.elements, [&](Range share) {
        return sum(arrays.a.get() + share.begin, share.size());
    });
    return summed(problem.node_sum * (uses_ranks(uses) ? problem.nodes : 1), arrays.elements, total);
}

template Answer read<Uses::core>(const Problem&, const Team&);
template Answer read<Uses::threads>(const Problem&, const Team&);
template Answer read<Uses::ranks>(const Problem&, const Team&);
template Answer read<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
