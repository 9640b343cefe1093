#include "io/files/part_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>

#include "common/base/status.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

constexpr int random_digits = 8;
constexpr mode_t permissions = 0666;  // less the user's umask

std::string advice(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "; free some space there or choose another folder";
        case EFBIG:
            return "; raise the limit on file sizes (ulimit -f)";
        case ENOENT:
            return "; create its folder first or choose another one";
        case ENOTDIR:
            return "; choose another folder";
        case EACCES:
        case EPERM:
        case EROFS:
            return "; choose a folder that you may write to";
        default:
            return "";
    }
}

std::string part_end(const fs::path& path) {
    return path.extension().string() + ".part";
}

// As much of the target's name as leaves room for the rest: file systems take 255 bytes.
std::string part_stem(const fs::path& path) {
    constexpr std::size_t longest_name = 255;
    const auto rest = 1 + random_digits + part_end(path).size();
    return path.stem().string().substr(0, longest_name - std::min(rest, longest_name));
}

// The random part keeps launches that end together from sharing a file, and a file left by a killed launch
// from standing in the way of the next.
std::string part_name(const fs::path& path) {
    const auto number = std::random_device{}();
    return (path.parent_path() / part_stem(path)).string() + fmt::format(".{:0{}x}", number, random_digits) +
           part_end(path);
}

}  // namespace

void refuse_to_write(const std::string& path, int error) {
    throw UsageError(fmt::format("cannot write {}: {}{}", path, std::strerror(error), advice(error)));
}

void refuse_to_replace(const std::string& path) {
    throw UsageError(fmt::format("{} exists; choose another name, or replace it with --force", path));
}

void flush_folder_of(const fs::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() >= 0) ::fsync(opened.get());
}

std::string file_to_write(const std::string& path, bool force) {
    std::error_code ignored;
    const auto status = fs::status(path, ignored);
    if (fs::is_directory(status) || fs::path(path).filename().empty()) {
        throw UsageError(fmt::format("cannot write {}: it is a folder; name a file in it", path));
    }
    if (!fs::exists(status)) {
        if (ignored == std::errc::too_many_symbolic_link_levels) refuse_to_write(path, ELOOP);
        if (!fs::is_symlink(fs::symlink_status(path, ignored))) return path;
        return file_to_write((fs::path(path).parent_path() / fs::read_symlink(path)).string(), force);
    }
    if (!fs::is_regular_file(status)) {
        throw UsageError(fmt::format("cannot write {}: it is not a regular file", path));
    }
    if (!force) refuse_to_replace(path);
    return fs::is_symlink(fs::symlink_status(path, ignored)) ? fs::canonical(path).string() : path;
}

bool on_one_file_system(const std::string& folder, const std::string& path) {
    auto other = fs::path(path).parent_path();
    if (other.empty()) other = ".";
    struct stat one {
    }, two{};
    return ::stat(folder.c_str(), &one) == 0 && ::stat(other.c_str(), &two) == 0 && one.st_dev == two.st_dev;
}

int Descriptor::close() {
    return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1));
}

void remove_parts_of(const std::string& target) {
    const fs::path path(target);
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const auto begin = part_stem(path) + ".", end = part_end(path);
    std::error_code ignored;  // what is not removed is in nobody's way
    for (fs::directory_iterator entry(folder, ignored); entry != fs::directory_iterator();
         entry.increment(ignored)) {
        const auto name = entry->path().filename().string();
        if (name.size() != begin.size() + random_digits + end.size()) continue;
        if (!name.starts_with(begin) || !name.ends_with(end)) continue;
        const auto digits = std::string_view(name).substr(begin.size(), random_digits);
        if (digits.find_first_not_of("0123456789abcdef") != digits.npos) continue;
        fs::remove(entry->path(), ignored);
    }
}

PartFile::PartFile(const std::string& target)
    : target_(target),
      path_(part_name(target)),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)) {
    if (file_.get() < 0) refuse_to_write(target, errno);
}

PartFile::PartFile(const std::string& target, std::string begun)
    : target_(target),
      path_(std::move(begun)),
      own_(false),
      file_(::open(path_.c_str(), O_WRONLY | O_CLOEXEC)) {
    if (file_.get() < 0) refuse_to_write(target, errno);
}

PartFile::~PartFile() {
    if (own_ && !path_.empty()) ::unlink(path_.c_str());
}

void PartFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse_to_write(target_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void PartFile::write_at(std::int64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse_to_write(target_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
}

void PartFile::reserve(std::int64_t bytes) {
    if (bytes <= 0) return;  // which fallocate refuses
    int status = 0;
    do {
        status = ::fallocate(file_.get(), 0, 0, bytes);
    } while (status != 0 && errno == EINTR);
    if (status == 0) return;
    if (errno != EOPNOTSUPP && errno != ENOSYS) refuse_to_write(target_, errno);
    resize(bytes);
}

void PartFile::resize(std::int64_t bytes) {
    if (::ftruncate(file_.get(), bytes) != 0) refuse_to_write(target_, errno);
}

void PartFile::finish() {
    // Some file systems notice a full disk or quota only here.
    if (::fsync(file_.get()) != 0 || file_.close() != 0) refuse_to_write(target_, errno);
}

void PartFile::commit(bool replace_existing) {
    if (file_.get() >= 0) finish();
    if (replace_existing) {
        replace(target_);
    } else if (!rename_to_free(target_)) {
        refuse_to_replace(target_);
    }
    flush_folder_of(target_);
}

std::int64_t PartFile::bytes() const {
    return static_cast<std::int64_t>(fs::file_size(path_));
}

void PartFile::replace(const std::string& name) {
    if (::rename(path_.c_str(), name.c_str()) != 0) refuse_to_write(name, errno);
    path_.clear();
}

bool PartFile::rename_to_free(const std::string& name) {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) {
        path_.clear();
        return true;
    }
    if (errno == EEXIST) return false;
    if (errno != EINVAL && errno != ENOSYS) refuse_to_write(name, errno);
    // The file system (NFS, for one) has no such rename. A second name, then: the first one can go.
    if (::link(path_.c_str(), name.c_str()) == 0) {
        ::unlink(path_.c_str());
        path_.clear();
        return true;
    }
    if (errno == EEXIST) return false;
    if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP) refuse_to_write(name, errno);
    // Nor has it links. Take the name first, then replace our own empty file: for this moment a reader finds
    // it.
    const Descriptor own(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions));
    if (own.get() < 0 && errno == EEXIST) return false;
    if (own.get() < 0) refuse_to_write(name, errno);
    replace(name);
    return true;
}

}  // namespace pacer
