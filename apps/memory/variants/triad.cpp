#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

template <Uses uses, class Work>
Answer triad_with(const Problem& problem, const Team& team, const Work& work) {
    const auto& arrays = arrays_of<uses>(problem);
    over_threads(team.threads, arrays.elements, [&](Range share) {
        work(arrays, share);
        return 0;
    });
    return written(Access::triad, elements_of<uses>(problem), arrays.elements, arrays.c.get(), &arrays);
}

}  // namespace

template <Uses uses>
Answer triad(const Problem& problem, const Team& team) {
    return triad_with<uses>(problem, team, [](const Arrays& arrays, Range share) {
        streams::triad(arrays.c.get() + share.begin, arrays.a.get() + share.begin,
                       arrays.b.get() + share.begin, share.size());
    });
}

Answer triad_nontemporal(const Problem& problem, const Team& team) {
    return triad_with<Uses::core>(problem, team, [](const Arrays& arrays, Range share) {
        streams::triad_nontemporal(arrays.c.get() + share.begin, arrays.a.get() + share.begin,
                                   arrays.b.get() + share.begin, share.size());
    });
}

template Answer triad<Uses::core>(const Problem&, const Team&);
template Answer triad<Uses::threads>(const Problem&, const Team&);
template Answer triad<Uses::ranks>(const Problem&, const Team&);
template Answer triad<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
