// Doing tasks: what every variant does, whoever decides which.
#pragma once

#include <cstdint>

#include "apps/queues/queues.hpp"

namespace pacer::queues {

// Does tasks, adds up their results and notes when each was done. One thread's.
class Worker {
  public:
    Worker(const Problem& problem, Page& page) : problem_(problem), page_(page) { page_.count = 0; }

    void perform(std::int64_t task);
    const Tally& tally() const { return tally_; }

  private:
    const Problem& problem_;
    Page& page_;
    Tally tally_;
};

// One execution of a variant on this rank, from its making to finish().
class Execution {
  public:
    // `variant`: whose journal is to be written.
    Execution(const Problem& problem, const Team& team, Answer (*variant)(const Problem&, const Team&));

    // A rank or thread that makes none is no worker.
    Worker worker(int thread = 0) { return {problem_, journal_.pages.at(static_cast<std::size_t>(thread))}; }

    // What this rank's workers did, added up over the ranks. Collective.
    Answer finish(const Tally& own, int workers);

  private:
    const Problem& problem_;
    const Team& team_;
    Journal& journal_;
};

}  // namespace pacer::queues
