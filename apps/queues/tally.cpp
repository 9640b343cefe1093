#include "apps/queues/tally.hpp"

#include <algorithm>
#include <vector>

#include "common/parallel/patience.hpp"

namespace pacer::queues {

void Tally::add(const Tally& other) {
    results += other.results;
    tasks += other.tasks;
    steps += other.steps;
    most_steps = std::max(most_steps, other.most_steps);
    busy_seconds += other.busy_seconds;
    start = std::min(start, other.start);
}

Tally add_over_ranks(const Tally& mine, const Team& team) {
    if (team.size == 1) return mine;
    std::vector<Tally> each(team.root() ? static_cast<std::size_t>(team.size) : 0);
    MPI_Request request = MPI_REQUEST_NULL;
    // The same operation on crowded nodes and others: MPI_Gather does not meet MPI_Igather.
    MPI_Igather(&mine, sizeof mine, MPI_BYTE, each.data(), sizeof mine, MPI_BYTE, 0, team.comm, &request);
    if (team.crowded) {
        Patience patience(team.crowded);
        int done = 0;
        for (MPI_Test(&request, &done, MPI_STATUS_IGNORE); done == 0;
             MPI_Test(&request, &done, MPI_STATUS_IGNORE)) {
            patience.wait();
        }
    } else {
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    Tally all;
    for (const auto& tally : each) all.add(tally);
    return all;
}

}  // namespace pacer::queues
