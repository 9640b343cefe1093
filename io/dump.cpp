#include "io/dump.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <filesystem>

#include "common/status.hpp"
#include "io/dump_image.hpp"
#include "io/whole_file.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

// A name that was not asked for is never in the way: several launches may start in the same second.
std::string default_name(const std::string& app, int ranks) {
    return fmt::format("{}-{:%Y%m%dT%H%M%SZ}-np{}.h5", app, fmt::gmtime(std::time(nullptr)), ranks);
}

// The file to write, or UsageError. A link is followed: the file it names is replaced, not the link.
std::string target_of(const std::string& path, bool force) {
    std::error_code ignored;
    const auto status = fs::status(path, ignored);
    if (fs::is_directory(status) || fs::path(path).filename().empty()) {
        throw UsageError(fmt::format("cannot write {}: it is a folder; name a file in it", path));
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw UsageError(fmt::format("cannot write {}: it is not a regular file", path));
    }
    if (fs::exists(status) && !force) {
        throw UsageError(fmt::format("{} exists; choose another name, or replace it with --force", path));
    }
    return fs::is_symlink(fs::symlink_status(path, ignored)) && fs::exists(status)
               ? fs::canonical(path).string()
               : path;
}

}  // namespace

DumpFile::DumpFile(std::string path, bool force, const std::string& app, int ranks)
    : path_(path.empty() ? default_name(app, ranks) : target_of(path, force)),
      force_(force && !path.empty()) {
    check_writable(path_);
}

std::string DumpFile::write(std::span<const Launch> launches) const {
    return write_whole_file(path_, dump_image(launches), force_);
}

std::vector<Launch> read_dump(const std::string& path, Detail detail) {
    const auto image = read_whole_file(path);
    try {
        return launches_in(image, detail);
    } catch (const std::exception& error) {
        throw UsageError(fmt::format("cannot read {}: {}", path, error.what()));
    }
}

}  // namespace pacer
