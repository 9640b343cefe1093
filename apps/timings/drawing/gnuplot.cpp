#include "apps/timings/drawing/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

constexpr const char* remedy = "install it (Debian: apt-get install gnuplot-nox) or put it in PATH";

// Files in memory instead of pipes: they cannot be full or lose their reader, so nobody waits for the other.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(memfd_create("gnuplot", MFD_CLOEXEC)) {
        if (descriptor_ < 0) refuse();
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int descriptor() const { return descriptor_; }

    // Leaves the file at its start, where a reader begins.
    void fill(const std::string& text) const {
        for (std::size_t done = 0; done < text.size();) {
            const auto count = write(descriptor_, text.data() + done, text.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) refuse();
            done += static_cast<std::size_t>(count);
        }
        if (lseek(descriptor_, 0, SEEK_SET) != 0) refuse();
    }

    std::string content() const {
        std::string text;
        std::array<char, 65536> part;
        for (;;) {
            const auto count = pread(descriptor_, part.data(), part.size(), static_cast<off_t>(text.size()));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) refuse();
            if (count == 0) return text;
            text.append(part.data(), static_cast<std::size_t>(count));
        }
    }

  private:
    [[noreturn]] static void refuse() {
        throw UsageError(fmt::format("cannot keep a drawing in memory: {}", std::strerror(errno)));
    }
    int descriptor_;
};

// Waits for gnuplot to end; returns its wait status.
int run(const MemoryFile& in, const MemoryFile& out, const MemoryFile& err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
    std::string name = "gnuplot", option = "--default-settings";
    std::array<char*, 3> arguments = {name.data(), option.data(), nullptr};
    pid_t child = 0;
    const int error = posix_spawnp(&child, name.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw UsageError(
            fmt::format("cannot run gnuplot, which draws the plots: {}; {}", std::strerror(error), remedy));
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) throw UsageError(fmt::format("gnuplot was lost: {}", std::strerror(errno)));
    }
    return status;
}

// In one line, without the line number of a script that nobody sees.
std::string complaint(const std::string& text) {
    std::string words;
    for (const char letter : text) {
        const bool space = static_cast<unsigned char>(letter) <= ' ';
        if (!space) {
            words += letter;
        } else if (!words.empty() && words.back() != ' ') {
            words += ' ';
        }
    }
    constexpr std::size_t most = 200;
    const auto from = words.size() > most ? words.size() - most : 0;  // the reason comes last
    return words.empty() ? "no message" : words.substr(from);
}

}  // namespace

std::string run_gnuplot(const std::string& script) {
    const MemoryFile in, out, err;
    in.fill(script);
    const int status = run(in, out, err);
    auto drawing = out.content();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !drawing.empty()) return drawing;
    const auto how = WIFSIGNALED(status)        ? fmt::format("was killed by signal {}", WTERMSIG(status))
                     : WEXITSTATUS(status) != 0 ? fmt::format("failed with status {}", WEXITSTATUS(status))
                                                : std::string("drew nothing");
    throw UsageError(fmt::format("gnuplot {}: {} (gnuplot 5.4 with its cairo terminals is needed; {})", how,
                                 complaint(err.content()), remedy));
}

}  // namespace pacer::timings
