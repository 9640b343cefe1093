#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

template <Uses uses, class Work>
Answer write_with(const Problem& problem, const Team& team, const Work& work) {
    const auto& arrays = arrays_of<uses>(problem);
    over_threads(team.threads, arrays.elements, [&](Range share) {
        work(arrays, share);
        return 0;
    });
    return written(Access::write, elements_of<uses>(problem), arrays.elements, arrays.c.get(), &arrays);
}

}  // namespace

template <Uses uses>
Answer write(const Problem& problem, const Team& team) {
    return write_with<uses>(problem, team, [](const Arrays& arrays, Range share) {
        streams::fill(arrays.c.get() + share.begin, share.size(), arrays.first + share.begin);
    });
}

Answer write_nontemporal(const Problem& problem, const Team& team) {
    return write_with<Uses::core>(problem, team, [](const Arrays& arrays, Range share) {
        streams::fill_nontemporal(arrays.c.get() + share.begin, share.size(), arrays.first + share.begin);
    });
}

template Answer write<Uses::core>(const Problem&, const Team&);
template Answer write<Uses::threads>(const Problem&, const Team&);
template Answer write<Uses::ranks>(const Problem&, const Team&);
template Answer write<Uses::both>(const Problem&, const Team&);

}  // namespace pacer::memory
