#include "io/dump/dump.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "common/base/status.hpp"
#include "io/dump/image.hpp"
#include "io/files/part_file.hpp"
#include "io/files/whole_file.hpp"

namespace pacer {

namespace {

// A name that was not asked for is never in the way: several launches may start in the same second.
std::string default_name(const std::string& app, int ranks) {
    return fmt::format("{}-{:%Y%m%dT%H%M%SZ}-np{}.h5", app, fmt::gmtime(std::time(nullptr)), ranks);
}

std::string write_file(const std::string& path, std::span<const Launch> launches, bool replace) {
    try {
        std::string written;
        make_dump(launches, [&](auto image) { written = write_whole_file(path, image, replace); });
        return written;
    } catch (const UsageError&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw UsageError(fmt::format("cannot write {}: {}", path, error.what()));
    }
}

}  // namespace

DumpFile::DumpFile(std::string path, bool force, const std::string& app, int ranks)
    : path_(path.empty() ? default_name(app, ranks) : file_to_write(path, force)),
      force_(force && !path.empty()) {
    check_writable(path_);
}

std::string DumpFile::write(std::span<const Launch> launches) const {
    return write_file(path_, launches, force_);
}

void DumpFile::rewrite(const std::string& written, const Launch& launch) const {
    write_file(written, std::span(&launch, 1), true);
}

std::vector<Launch> read_dump(const std::string& path, int* format) {
    const auto image = read_whole_file(path);
    try {
        return launches_in({image.data(), image.size()}, format);
    } catch (const std::exception& error) {
        throw UsageError(fmt::format("cannot read {}: {}", path, error.what()));
    }
}

}  // namespace pacer
