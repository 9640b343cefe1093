// Processes made by fork, as workers.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace pacer::overhead {

// Children of this process that each do one piece of work and exit. They are daemons in the sense of Python's
// multiprocessing: when the thread that made them ends, however it ends, the kernel kills those that are left
// (PR_SET_PDEATHSIG). They do not call MPI, whose connections belong to this process.
class ForkedWorkers {
  public:
    // Worker i is to return work(i). Throws std::system_error.
    ForkedWorkers(std::int64_t count, const std::function<std::int64_t(std::int64_t)>& work);
    ForkedWorkers(const ForkedWorkers&) = delete;
    ForkedWorkers& operator=(const ForkedWorkers&) = delete;
    ~ForkedWorkers();  // kills those not joined

    // Waits for all of them. The sum of what they returned; throws std::runtime_error if one returned
    // nothing.
    std::int64_t join();

    std::span<const pid_t> pids() const { return pids_; }

  private:
    void kill_all();

    std::vector<pid_t> pids_;
    int results_ = -1;  // the end of the pipe that is read
};

}  // namespace pacer::overhead
