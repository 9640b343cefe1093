// c[i] = a[i] + 3 * b[i], as STREAM does. The loops are triad() in common/machine/streams.cpp, and
// triad_nontemporal() beside it, whose stores go past the caches.
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <Uses uses>
Answer triad(const Problem& problem, const Team& team) {
    return write_shares(problem, uses, team, [](const Arrays& arrays, Range share) {
        streams::triad(arrays.c.get() + share.begin, arrays.a.get() + share.begin,
                       arrays.b.get() + share.begin, share.size());
    });
}

Answer triad_nontemporal(const Problem& problem, const Team& team) {
    return write_shares(problem, Uses::core, team, [](const Arrays& arrays, Range share) {
        streams::triad_nontemporal(arrays.c.get() + share.begin, arrays.a.get() + share.begin,
                                   arrays.b.get() + share.begin, share.size());
    });
}

template Answer triad<Uses::core>(const Problem&, const Team&);
template Answer triad<Uses::threads>(const Problem&, const Team&);
template Answer triad<Uses::ranks>(const Problem&, const Team&);
template Answer triad<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
