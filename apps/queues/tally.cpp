#include "apps/queues/tally.hpp"

#include <algorithm>
#include <cstring>

#include "common/parallel/patience.hpp"

namespace pacer::queues {

namespace {

// An MPI_Op; MPI promises no alignment that a Tally would need.
void add_tallies(void* in, void* inout, int* count, MPI_Datatype*) {
    auto* from = static_cast<char*>(in);
    auto* to = static_cast<char*>(inout);
    for (int i = 0; i < *count; ++i, from += sizeof(Tally), to += sizeof(Tally)) {
        Tally a, b;
        std::memcpy(&a, from, sizeof a);
        std::memcpy(&b, to, sizeof b);
        b.add(a);
        std::memcpy(to, &b, sizeof b);
    }
}

// Made once, and left to MPI_Finalize.
struct TallyReduction {
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Op op = MPI_OP_NULL;

    TallyReduction() {
        MPI_Type_contiguous(sizeof(Tally), MPI_BYTE, &type);
        MPI_Type_commit(&type);
        MPI_Op_create(add_tallies, 1, &op);
    }
};

}  // namespace

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
    static const TallyReduction add;
    Tally all;
    // The same operation on crowded nodes and others: MPI_Reduce does not meet MPI_Ireduce.
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ireduce(&mine, &all, 1, add.type, add.op, 0, team.comm, &request);
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
    return all;
}

}  // namespace pacer::queues
