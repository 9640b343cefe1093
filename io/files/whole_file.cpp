#include "io/files/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/base/status.hpp"
#include "io/files/part_file.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

constexpr off_t largest_bytes = off_t{1} << 30;

// "before-2.h5" for "before.h5" and 2.
std::string numbered(const fs::path& path, int number) {
    if (number == 1) return path.string();
    return (path.parent_path() / path.stem()).string() + fmt::format("-{}", number) +
           path.extension().string();
}

}  // namespace

std::string read_whole_file(const std::string& path) {
    const auto refuse = [&](std::string_view why) {
        throw UsageError(fmt::format("cannot read {}: {}", path, why));
    };
    // A pipe without a writer would block the opening.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) refuse(std::strerror(errno));
    if (S_ISDIR(status.st_mode)) refuse("it is a folder; name a file in it");
    if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
    if (status.st_size > largest_bytes) refuse("it is larger than 1 GiB");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto got = ::read(file.get(), &bytes[done], bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse(std::strerror(errno));
        if (got == 0) break;  // it was cut while being read
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

void check_writable(const std::string& path) {
    const PartFile attempt(path);
}

std::string write_whole_file(const std::string& path, std::string_view bytes, bool replace) {
    PartFile part(path);
    part.append(bytes);
    part.finish();
    auto name = path;
    if (replace) {
        part.replace(name);
    } else {
        for (int number = 2; !part.rename_to_free(name); ++number) name = numbered(path, number);
    }
    flush_folder_of(name);
    return name;
}

}  // namespace pacer
