#include "common/base/say.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/status.hpp"

namespace pacer {

namespace {

// Whether stderr takes something within that time. A pipe that nobody reads any more would raise SIGPIPE.
bool takes_text(int patience_milliseconds) {
    pollfd stream = {STDERR_FILENO, POLLOUT, 0};
    return poll(&stream, 1, patience_milliseconds) == 1 && (stream.revents & POLLOUT) != 0 &&
           (stream.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

}  // namespace

void say(std::string_view text) noexcept {
    constexpr int patience_milliseconds = 1000;  // with a terminal that was stopped, or a reader that is busy
    const int error = errno;
    while (!text.empty() && takes_text(patience_milliseconds)) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR && errno != EAGAIN) break;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    errno = error;
}

void print_out(std::string_view text, std::FILE* stream) {
    if (stream == stderr) return say(text);
    if (std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0) return;
    throw UsageError(
        fmt::format("the report could not be written to standard output: {}", std::strerror(errno)));
}

}  // namespace pacer
