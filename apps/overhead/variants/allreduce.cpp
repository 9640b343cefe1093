// The element-wise sum over all ranks, on every rank.
#include <vector>

#include "apps/overhead/game.hpp"
#include "apps/overhead/harness.hpp"
#include "common/machine/clones.hpp"

namespace pacer::overhead {

Answer allreduce(const Problem& problem, const Team& team) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    return Harness::rounds(problem, team, Arrives::sum, problem.wrong.allreduce,
                           [&](const double* from, double* to) {
                               MPI_Allreduce(from, to, count, MPI_DOUBLE, MPI_SUM, team.comm);
                           });
}

namespace pairs {

namespace {

// How many are not the sums over the messages with these keys.
PACER_CLONES std::int64_t count_wrong_sums(const std::uint64_t* sums, std::int64_t count,
                                           const std::vector<std::uint64_t>& keys) {
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        std::uint64_t sum = 0;
        for (const auto key : keys) sum += element(key, i);
        wrong += sums[i] == sum ? 0 : 1;
    }
    return wrong;
}

}  // namespace

// Among the players, of whole numbers: their sum is exact, modulo 2^64.
Answer allreduce(const Problem& problem, const Team& team) {
    constexpr int everybody = -1;
    const auto elements = problem.elements;
    const int count = mpi_count(static_cast<std::size_t>(elements));
    const auto key = [](int player, std::int64_t number) { return key_of(player, everybody, number); };
    return Game::together(
        problem, team, problem.wrong.allreduce,
        [&](std::int64_t number) {
            fill(problem.send.get(), elements, key(problem.players.number(), number));
        },
        [&](const std::uint64_t* from, std::uint64_t* to) {
            MPI_Allreduce(from, to, count, MPI_UINT64_T, MPI_SUM, problem.players.comm());
        },
        [&](Answer& answer, std::int64_t number) {
            std::vector<std::uint64_t> keys;
            for (int player = 0; player < problem.players.count(); ++player)
                keys.push_back(key(player, number));
            Game::note(answer, elements, count_wrong_sums(problem.receive.get(), elements, keys));
        });
}

}  // namespace pairs

}  // namespace pacer::overhead
