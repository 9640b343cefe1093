#include "common/measure/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/placement/launcher.hpp"

namespace pacer::progress {

namespace {

double last_shown = 0;
bool line_present = false;

// mpirun gives its processes a pipe for stderr and copies what comes to its own; a helper of mpirun's may
// stand between.
bool launcher_on_terminal() {
    auto above = process(getppid());
    for (; above && is_mpi_launcher(above->name); above = process(above->parent)) {
        std::error_code error;
        const auto target =
            std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", above->pid), error).string();
        if (target.starts_with("/dev/pts/") || target.starts_with("/dev/tty")) return true;
    }
    return false;
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
    say("\r\x1b[K{}", text);
}

void clear() {
    if (!line_present) return;
    line_present = false;
    say("\r\x1b[K");
}

}  // namespace pacer::progress
