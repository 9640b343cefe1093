#include "common/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/timing.hpp"

namespace pacer::progress {

namespace {

double last_shown = 0;
bool line_present = false;

// mpirun gives its processes a pipe for stderr and copies what comes to its own.
bool launcher_on_terminal() {
    const auto parent = fmt::format("/proc/{}", getppid());
    std::string name;
    std::getline(std::ifstream(parent + "/comm"), name);
    constexpr std::array launchers = {"mpirun",  "mpiexec",        "orterun",
                                      "prterun", "mpirun.openmpi", "mpiexec.openmp"};
    if (std::find(launchers.begin(), launchers.end(), name) == launchers.end()) return false;
    std::error_code error;
    const auto target = std::filesystem::read_symlink(parent + "/fd/2", error).string();
    return target.starts_with("/dev/pts/") || target.starts_with("/dev/tty");
}

}  // namespace

bool on_terminal() {
    return isatty(STDERR_FILENO) == 1 || launcher_on_terminal();
}

void show(std::string_view text) {
    constexpr double shortest_interval_seconds = 0.1;
    const double now = now_seconds();
    if (now - last_shown < shortest_interval_seconds) return;
    last_shown = now;
    line_present = true;
    fmt::print(stderr, "\r\x1b[K{}", text);
    std::fflush(stderr);
}

void clear() {
    if (!line_present) return;
    line_present = false;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
}

}  // namespace pacer::progress
