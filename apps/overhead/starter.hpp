// A helper process that starts those workers which are processes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

namespace pacer::overhead {

// Where MPI's libraries have registered memory with a network (verbs, EFA), a process that forks may abort or
// find its memory changed. So forking and spawning is left to a process that is itself forked before MPI_Init
// and never calls MPI.
class Starter {
  public:
    // Forks at once, so it must be made before MPI_Init and before there are threads. `program`: see Spawner.
    // If forking fails, every request is answered with that error.
    explicit Starter(const std::string& program);
    Starter(const Starter&) = delete;
    Starter& operator=(const Starter&) = delete;
    ~Starter() { stop(); }

    // What only a starter can tell, of workers that it has started.
    class Started {
      public:
        Started(Started&&) noexcept = default;
        Started& operator=(Started&&) noexcept = default;
        double seconds() const { return seconds_; }          // until the workers had ended
        std::int64_t sum() const { return sum_; }            // of what the workers returned
        std::int64_t hangs() const { return hangs_; }        // of MPI_Comm_spawn, given up before that
        const std::string& error() const { return error_; }  // why there were no workers

      private:
        friend class Starter;
        Started(double seconds, std::int64_t sum, std::int64_t hangs, std::string error)
            : seconds_(seconds), sum_(sum), hangs_(hangs), error_(std::move(error)) {}
        double seconds_ = 0;
        std::int64_t sum_ = 0, hangs_ = 0;
        std::string error_;
    };
    // Both start this many workers and wait for them.
    Started fork(std::int64_t workers) { return start(How::fork, workers); }
    Started spawn(std::int64_t workers) { return start(How::spawn, workers); }

    // Ends it for good. From then on its CPU time counts as this process's.
    void stop();

    pid_t pid() const { return pid_; }  // of the process; -1: none

  private:
    enum class How : std::int64_t { fork, spawn };
    struct Request;
    struct Reply;

    Started start(How how, std::int64_t workers);
    [[noreturn]] static void serve(int channel, const std::string& program);
    static Reply fulfil(const Request& request, class Spawner& spawner);

    pid_t pid_ = -1;
    int channel_ = -1;          // to and from it
    std::string failure_ = {};  // why there is none
};

}  // namespace pacer::overhead
