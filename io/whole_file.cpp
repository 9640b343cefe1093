#include "io/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "common/status.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

constexpr mode_t permissions = 0666;  // less the user's umask
constexpr off_t largest_bytes = off_t{1} << 30;

std::string advice(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "; free some space there or choose another folder";
        case EFBIG:
            return "; raise the limit on file sizes (ulimit -f)";
        case ENOENT:
        case ENOTDIR:
            return "; make its folder first or choose another one";
        case EACCES:
        case EPERM:
        case EROFS:
            return "; choose a folder that you may write to";
        default:
            return "";
    }
}

[[noreturn]] void refuse_to_write(const std::string& path, int error) {
    throw UsageError(fmt::format("cannot write {}: {}{}", path, std::strerror(error), advice(error)));
}

// An open file.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    int close() { return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1)); }

  private:
    int fd_;
};

// "before.1a2b3c4d.h5.part" for "before.h5". The random part keeps launches that end together from sharing a
// file, and a file left by a killed launch from standing in the way of the next.
std::string part_name(const fs::path& path) {
    const auto number = std::random_device{}();
    return (path.parent_path() / path.stem()).string() + fmt::format(".{:08x}", number) +
           path.extension().string() + ".part";
}

// The unfinished file of `target`; removed unless renamed.
class PartFile {
  public:
    explicit PartFile(const std::string& target)
        : target_(target),
          path_(part_name(target)),
          file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)) {
        if (file_.get() < 0) refuse_to_write(target, errno);
    }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    ~PartFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(file_.get(), bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) refuse_to_write(target_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        // Some file systems notice a full disk or quota only here.
        if (::fsync(file_.get()) != 0 || file_.close() != 0) refuse_to_write(target_, errno);
    }

    void replace(const std::string& name) {
        if (::rename(path_.c_str(), name.c_str()) != 0) refuse_to_write(name, errno);
        path_.clear();
    }

    // False, and nothing changed, if the name is taken.
    bool rename_to_free(const std::string& name) {
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
        // Nor has it links. Take the name first, then replace our own empty file: for this moment a reader
        // finds it.
        const Descriptor own(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions));
        if (own.get() < 0 && errno == EEXIST) return false;
        if (own.get() < 0) refuse_to_write(name, errno);
        replace(name);
        return true;
    }

  private:
    std::string target_, path_;
    Descriptor file_;
};

// Makes the new name in the folder survive a power cut. The file is complete already, so a file system that
// cannot do this is no reason to fail.
void flush_folder_of(const fs::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() >= 0) ::fsync(opened.get());
}

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
    part.write(bytes);
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
