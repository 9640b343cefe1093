// The dump of a launch that is told to stop and may be killed before it has: mpirun waits a second or two.
#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "io/dump/dump.hpp"

namespace pacer {

// The version of the HDF5 library. To be asked for before there is an early dump: HDF5 wants one thread at a
// time.
std::string hdf5_version();

// Writes what is in safekeeping when a signal asks the launch to stop, if the main thread does not come to
// write its own dump at once. Rank 0 only.
class EarlyDump {
  public:
    explicit EarlyDump(DumpFile dump);
    EarlyDump(const EarlyDump&) = delete;
    EarlyDump& operator=(const EarlyDump&) = delete;
    ~EarlyDump();

    // The whole launch, by the main thread; in the place of the early one, if there is one. As
    // DumpFile::write.
    std::string write(const Launch& launch);

  private:
    void wait();

    DumpFile dump_;
    std::mutex writing_;   // HDF5 wants one thread at a time
    bool done_ = false;    // the main thread has begun to write
    std::string written_;  // the early dump
    int wake_ = -1;        // written to end the thread
    std::thread thread_;
};

}  // namespace pacer
