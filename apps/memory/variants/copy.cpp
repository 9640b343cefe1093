// c[i] = a[i]. The loops are copy() in common/machine/streams.cpp, and copy_nontemporal() beside it, whose
// stores go past the caches.
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <Uses uses>
Answer copy(const Problem& problem, const Team& team) {
    return write_shares(problem, uses, team, [](const Arrays& arrays, Range share) {
        streams::copy(arrays.c.get() + share.begin, arrays.a.get() + share.begin, share.size());
    });
}

Answer copy_nontemporal(const Problem& problem, const Team& team) {
    return write_shares(problem, Uses::core, team, [](const Arrays& arrays, Range share) {
        streams::copy_nontemporal(arrays.c.get() + share.begin, arrays.a.get() + share.begin, share.size());
    });
}

template Answer copy<Uses::core>(const Problem&, const Team&);
template Answer copy<Uses::threads>(const Problem&, const Team&);
template Answer copy<Uses::ranks>(const Problem&, const Team&);
template Answer copy<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
