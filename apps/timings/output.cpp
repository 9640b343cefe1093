#include "apps/timings/output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "common/base/status.hpp"
#include "io/files/part_file.hpp"
#include "io/files/whole_file.hpp"

namespace pacer::timings {

void print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((written && std::fflush(stdout) == 0) || errno == EPIPE) return;
    throw UsageError(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

void protect(const std::vector<std::string>& files, const std::string& output) {
    for (const auto& file : files) {
        std::error_code missing;
        if (std::filesystem::equivalent(file, output, missing)) {
            throw UsageError(fmt::format("--output {} would overwrite the dump; choose another name", file));
        }
    }
}

namespace {

void write_in_place(std::string_view text, const std::string& path) {
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) refuse_to_write(path, errno);
    const bool written =
        std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
    const int error = errno;
    const bool closed = std::fclose(file) == 0;
    if (!written || !closed) refuse_to_write(path, written ? errno : error);
}

}  // namespace

void save(std::string_view text, const std::string& path) {
    std::error_code ignored;
    const auto type = std::filesystem::status(path, ignored).type();
    using Type = std::filesystem::file_type;
    if (type == Type::character || type == Type::fifo) return write_in_place(text, path);
    write_whole_file(file_to_write(path, true), text, true);
}

}  // namespace pacer::timings
