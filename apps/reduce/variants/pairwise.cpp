// Each thread sums its share as a binary tree of blocks, so that an element takes part in few additions
// (Higham, The accuracy of floating point summation, 1993); the threads and ranks are added plainly. More
// accurate than a plain sum at its speed, and as little the same for every number of workers.
#include <omp.h>

#include <algorithm>

#include "apps/reduce/kernels.hpp"
#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

namespace {

PACER_CLONES double sum_tree(const double* values, std::int64_t count) {
    constexpr std::int64_t block = 1024, lanes = 32;
    double waiting[64];  // sums of 1, 2, 4, ... blocks that want a neighbour of their size
    int depth = 0;
    std::int64_t blocks = 0;
    for (std::int64_t done = 0; done < count; done += block) {
        double sum = sum_array<lanes>(values + done, std::min(block, count - done));
        for (auto pairs = blocks++; pairs % 2 != 0; pairs /= 2) sum = waiting[--depth] + sum;
        waiting[depth++] = sum;
    }
    double total = 0;
    while (depth > 0) total += waiting[--depth];
    return total;
}

}  // namespace

Answer pairwise(const Problem& problem, const Team& team) {
    const Range mine = part_of(problem.all, team.size, team.rank);
    double sum = 0;
#pragma omp parallel num_threads(team.threads)
    {
        const auto share = doubles_in(problem, team, part_of(mine, team.threads, omp_get_thread_num()));
        PACER_REGION("sum my share");
        const double of_thread = sum_tree(share.data(), std::ssize(share));
#pragma omp critical
        sum += of_thread;
    }
    PACER_REGION("MPI_Reduce");
    const auto part = Number::of_real(sum);
    return {add_over_ranks(part, team), {mine.size(), part}};
}

}  // namespace pacer::reduce
