// Where one rank ran.
#pragma once

#include <cstdint>
#include <string>

namespace pacer {

// A row of a launch's placement table.
struct Place {
    int rank = 0;
    std::string host;
    std::int64_t pid = 0;
    std::string cpus_allowed;  // as the kernel lists them: "0-3,8"
    int threads = 1;           // of a variant that uses ranks and threads
    std::string thread_cpus;   // where each of those threads may run, ";" between threads
};

}  // namespace pacer
