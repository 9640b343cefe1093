#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

template <Uses uses, class Work>
Answer copy_with(const Problem& problem, const Team& team, const Work& work) {
    const auto& arrays = arrays_of<uses>(problem);
    over_threads(team.threads, arrays.elements, [&](Range share) {
        work(arrays, share);
        return 0;
    });
    return written(Access::copy, elements_of<uses>(problem), arrays.elements, arrays.c.get(), &arrays);
}

}  // namespace

template <Uses uses>
Answer copy(const Problem& problem, const Team& team) {
    return copy_with<uses>(problem, team, [](const Arrays& arrays, Range share) {
        streams::copy(arrays.c.get() + share.begin, arrays.a.get() + share.begin, share.size());
    });
}

Answer copy_nontemporal(const Problem& problem, const Team& team) {
    return copy_with<Uses::core>(problem, team, [](const Arrays& arrays, Range share) {
        streams::copy_nontemporal(arrays.c.get() + share.begin, arrays.a.get() + share.begin, share.size());
    });
}

template Answer copy<Uses::core>(const Problem&, const Team&);
template Answer copy<Uses::threads>(const Problem&, const Team&);
template Answer copy<Uses::ranks>(const Problem&, const Team&);
template Answer copy<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
