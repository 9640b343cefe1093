// Processes made by MPI_Comm_spawn, as workers.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pacer::overhead {

// Processes of `program` that wait for a start signal, do one piece of work each and exit. MPI ends them when
// this process is killed. For use by a single process.
class SpawnedWorkers {
  public:
    // Workers are placed without regard to how many processes MPI was told to have room for: a refusal leaves
    // Open MPI 4.1 unable to finalize. Throws std::runtime_error, with MPI's own words.
    SpawnedWorkers(const std::string& program, std::int64_t count);

    // Tells them to begin, adds up what they return, and disconnects.
    std::int64_t join();

    // After join(): they still have to finalize, which takes a core from whatever comes next. Waits until
    // they have ended, a second at most; those on other hosts do not disturb this one.
    void wait_until_gone() const;

  private:
    // What a worker returns.
    struct Returned {
        std::int64_t result = 0, pid = 0;
    };
    friend int be_spawned_worker(int argc, char** argv);

    std::vector<Returned> returned_;
    MPI_Comm workers_ = MPI_COMM_NULL;  // the intercommunicator
};

// The first argument that tells `program` that it was spawned as a worker,
inline constexpr auto spawned_worker_role = "--spawned-worker";
// and what it then has to do, instead of anything else. Its exit status.
int be_spawned_worker(int argc, char** argv);

}  // namespace pacer::overhead
