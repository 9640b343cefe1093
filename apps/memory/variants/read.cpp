// Adds up a. The loop is sum() in kernels.cpp, of 64 sums at once where the registers are wide enough:
//
//     for (i = 0; i + 64 <= count; i += 64)
//         for (lane = 0; lane < 64; ++lane) sums[lane] += a[i + lane];
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <Uses uses>
Answer read(const Problem& problem, const Team& team) {
    const auto& arrays = arrays_of(problem, uses);
    return summed(arrays.elements, over_threads(team.threads, arrays.elements, [&](Range share) {
                      return sum(arrays.a.get() + share.begin, share.size());
                  }));
}

template Answer read<Uses::core>(const Problem&, const Team&);
template Answer read<Uses::threads>(const Problem&, const Team&);
template Answer read<Uses::ranks>(const Problem&, const Team&);
template Answer read<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
