#include "apps/fileio/segments/growing_results.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/status.hpp"
#include "io/hdf5/stream.hpp"

namespace pacer::fileio {

namespace {

constexpr mode_t permissions = 0666;  // less the user's umask

std::int64_t place_of(std::int64_t row, std::size_t width) {
    return Hdf5Stream::first_values + row * static_cast<std::int64_t>(width * sizeof(double));
}

}  // namespace

GrowingResults::GrowingResults(std::string path, Open open)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), (open == Open::to_write ? O_WRONLY | O_CREAT : O_RDONLY) | O_CLOEXEC,
                   permissions)),
      flushed_(open == Open::to_write) {
    if (file_.get() >= 0) return;
    if (open == Open::to_write) refuse_to_write(path_, errno);
    throw UsageError(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
}

void GrowingResults::write(std::int64_t row, std::size_t width, std::span<const double> numbers) {
    const auto bytes = std::as_bytes(numbers);
    const auto begin = place_of(row, width);
    for (std::size_t done = 0; done < bytes.size();) {
        const auto left = bytes.subspan(done);
        const auto written =
            ::pwrite(file_.get(), left.data(), left.size(), begin + static_cast<std::int64_t>(done));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse_to_write(path_, errno);
        done += static_cast<std::size_t>(written);
    }
    flushed_ = false;
    // The disk begins now, not when all is there. What cannot be written flush() tells.
    constexpr std::int64_t worth_bytes = std::int64_t{1} << 20;
    if (begin != written_) begun_ = begin;
    written_ = begin + static_cast<std::int64_t>(bytes.size());
    if (written_ - begun_ < worth_bytes) return;
    ::sync_file_range(file_.get(), begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
    begun_ = written_;
}

bool GrowingResults::read(std::int64_t row, std::size_t width, std::span<double> numbers) const {
    const auto bytes = std::as_writable_bytes(numbers);
    for (std::size_t done = 0; done < bytes.size();) {
        const auto left = bytes.subspan(done);
        const auto got = ::pread(file_.get(), left.data(), left.size(),
                                 place_of(row, width) + static_cast<std::int64_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw UsageError(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
        if (got == 0) return false;
        done += static_cast<std::size_t>(got);
    }
    return true;
}

void GrowingResults::flush() {
    if (flushed_) return;
    if (::fdatasync(file_.get()) != 0) refuse_to_write(path_, errno);
    flushed_ = true;
}

}  // namespace pacer::fileio
