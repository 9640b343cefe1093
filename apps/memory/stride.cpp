#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

template <std::int64_t bytes>
Answer stride(const Problem& problem, const Team&) {
    constexpr auto apart = bytes / static_cast<std::int64_t>(sizeof(double));
    const auto n = problem.core_elements;
    return summed(problem.strided_sums.at(apart), (n + apart - 1) / apart,
                  sum_strided(problem.core->a.get(), n, apart));
}

template Answer stride<8>(const Problem&, const Team&);
template Answer stride<16>(const Problem&, const Team&);
template Answer stride<32>(const Problem&, const Team&);
template Answer stride<64>(const Problem&, const Team&);
template Answer stride<128>(const Problem&, const Team&);
template Answer stride<256>(const Problem&, const Team&);
template Answer stride<512>(const Problem&, const Team&);
template Answer stride<1024>(const Problem&, const Team&);

}  // namespace pacer::memory
