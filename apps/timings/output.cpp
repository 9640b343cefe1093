#include "apps/timings/output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/status.hpp"

namespace pacer::timings {

void print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((written && std::fflush(stdout) == 0) || errno == EPIPE) return;
    throw UsageError(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

void save(std::string_view text, const std::string& path) {
    const auto refuse = [&] {
        throw UsageError(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    };
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) refuse();
    const bool written =
        std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
    const int error = errno;
    const bool closed = std::fclose(file) == 0;
    if (!written) errno = error;
    if (!written || !closed) refuse();
}

}  // namespace pacer::timings
