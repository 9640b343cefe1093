// As master_worker, whose workers have threads here.
#include "apps/fileio/fileio.hpp"

namespace pacer::fileio {

// The team has threads, and each worker divides what it is handed among them (see flow.cpp).
Answer hybrid(const Problem& problem, const Team& team) {
    return master_worker(problem, team);
}

}  // namespace pacer::fileio
