// A process beside the launch that calls MPI_Comm_spawn on its behalf.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::overhead {

// MPI_Comm_spawn may hang, and so would the launch that calls it: PMIx 4 up to 4.2.2, which Debian 12 has
// under Open MPI 4.1, loses a spawned process's request now and then
// (github.com/openpmix/openpmix/issues/2735). A separate process, an MPI launch of one rank, can be given
// up and restarted.
class Spawner {
  public:
    // `program` is this one, or another that calls be_spawner() and be_spawned_worker() for their roles.
    // Starts nothing yet. What it waits for the first workers, with all that has to start for them; ask for
    // the most workers first.
    explicit Spawner(std::string program, double first_patience_seconds = 8);
    Spawner(const Spawner&) = delete;
    Spawner& operator=(const Spawner&) = delete;
    ~Spawner();

    struct Spawned {
        double seconds = 0;      // from MPI_Comm_spawn to the end of MPI_Comm_disconnect; wasted if it failed
        std::int64_t sum = 0;    // of what the workers returned
        std::int64_t hangs = 0;  // given up before that
        std::string error = {};  // why there were no workers: MPI cannot, or hung three times
    };
    // Has this many workers spawned and joined; when it returns they are gone. Throws std::system_error if
    // not even the helper process can be made.
    Spawned spawn(std::int64_t workers);

    pid_t pid() const { return pid_; }  // of the process; -1: none

  private:
    void start();
    void stop();
    void give_up();
    double patience(std::int64_t workers) const;
    bool reply_comes(double patience_seconds) const;

    std::string program_;
    pid_t pid_ = -1;
    int channel_ = -1;  // to and from it
    double first_patience_seconds_;
    double slowest_seconds_ = 0;  // that workers have taken so far
};

// The path of the program that this process runs.
std::string own_program();

// The environment for an MPI launch of one rank, whatever launched this process: without what mpirun, srun
// and their kin tell their own processes. "NAME=value" each.
std::vector<std::string> environment_alone(const char* const* environment);

// The first argument that tells a program that it is the spawner,
inline constexpr auto spawner_role = "--spawner";
// and what it then has to do. Its exit status.
int be_spawner(int argc, char** argv);

// Its standard input is a socket of packets: a number of workers in, an answer out.
struct SpawnReply {
    double seconds;
    std::int64_t sum;
    char error[240];  // empty: it worked
};

}  // namespace pacer::overhead
