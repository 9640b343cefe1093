// c[i] = i. The loops are fill() in common/machine/streams.cpp, and fill_nontemporal() beside it, whose
// stores go past the caches.
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <Uses uses>
Answer write(const Problem& problem, const Team& team) {
    return write_shares(problem, uses, team, [](const Arrays& arrays, Range share) {
        streams::fill(arrays.c.get() + share.begin, share.size(), arrays.first + share.begin);
    });
}

Answer write_nontemporal(const Problem& problem, const Team& team) {
    return write_shares(problem, Uses::core, team, [](const Arrays& arrays, Range share) {
        streams::fill_nontemporal(arrays.c.get() + share.begin, share.size(), arrays.first + share.begin);
    });
}

template Answer write<Uses::core>(const Problem&, const Team&);
template Answer write<Uses::threads>(const Problem&, const Team&);
template Answer write<Uses::ranks>(const Problem&, const Team&);
template Answer write<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
