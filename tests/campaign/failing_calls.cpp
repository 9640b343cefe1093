// Makes one system call on certain files fail: to be preloaded. FAILING_FILES: what their paths contain;
// FAILING_CALL: which call on them, from 1, fails (0: none); FAILING_WITH: ENOSPC, EIO, EINTR or short (a
// write of half the bytes; other calls then fail with EINTR). Each process appends the name of every such
// call to the file FAILING_LOG.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

std::string_view setting(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

bool is_meant(std::string_view path) {
    const auto files = setting("FAILING_FILES");
    return !files.empty() && path.find(files) != path.npos;
}

bool is_meant(int fd) {
    std::array<char, 4096> path{};
    const auto link = "/proc/self/fd/" + std::to_string(fd);
    const auto bytes = ::readlink(link.c_str(), path.data(), path.size());
    return bytes > 0 && is_meant(std::string_view(path.data(), static_cast<std::size_t>(bytes)));
}

void log(std::string_view name) {
    const std::string path(setting("FAILING_LOG"));
    if (path.empty()) return;
    const auto line = std::string(name) + '\n';
    const auto fd = static_cast<int>(
        ::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    ::syscall(SYS_write, fd, line.data(), line.size());
    ::syscall(SYS_close, fd);
}

std::atomic<long> calls{0};

// Whether this call is the one; then errno is what it fails with, but for a short write.
enum class Fate { succeeds, fails, is_short };
template <class File>
Fate fate(std::string_view name, File file) {
    const int before = errno;
    if (!is_meant(file)) return errno = before, Fate::succeeds;
    const long call = ++calls;
    log(name);
    errno = before;
    if (call != std::atol(std::string(setting("FAILING_CALL")).c_str())) return Fate::succeeds;
    const auto with = setting("FAILING_WITH");
    errno = with == "ENOSPC" ? ENOSPC : with == "EIO" ? EIO : EINTR;
    return with == "short" ? Fate::is_short : Fate::fails;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// A call that cannot be done by half.
template <class File, class Call>
auto whole(std::string_view name, File file, Call call) {
    return fate(name, file) == Fate::succeeds ? call() : decltype(call())(-1);
}

mode_t mode_of(int flags, va_list rest) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

int open_file(const char* path, int flags, mode_t mode) {
    return whole("open", std::string_view(path),
                 [&] { return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode)); });
}

ssize_t write_some(std::string_view name, int fd, const iovec* parts, int count, off_t offset) {
    const auto how = fate(name, fd);
    if (how == Fate::fails) return -1;
    const auto some = [&](const iovec* from, int number) {
        return offset < 0 ? ::syscall(SYS_writev, fd, from, number)
                          : ::syscall(SYS_pwritev, fd, from, number, offset, 0);
    };
    if (how == Fate::succeeds) return some(parts, count);
    iovec half = parts[0];
    half.iov_len = std::max<std::size_t>(half.iov_len / 2, 1);
    return some(&half, 1);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const auto mode = mode_of(flags, rest);
    va_end(rest);
    return open_file(path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
    const iovec part{const_cast<void*>(bytes), count};
    return write_some("write", fd, &part, 1, -1);
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
    const iovec part{const_cast<void*>(bytes), count};
    return write_some("pwrite", fd, &part, 1, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off_t offset) {
    return pwrite(fd, bytes, count, offset);
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
    return write_some("pwritev", fd, parts, count, offset);
}
ssize_t pwritev64(int fd, const iovec* parts, int count, off_t offset) {
    return write_some("pwritev", fd, parts, count, offset);
}

int fsync(int fd) {
    return whole("fsync", fd, [&] { return static_cast<int>(::syscall(SYS_fsync, fd)); });
}
int fdatasync(int fd) {
    return whole("fdatasync", fd, [&] { return static_cast<int>(::syscall(SYS_fdatasync, fd)); });
}
int ftruncate(int fd, off_t bytes) noexcept {
    return whole("ftruncate", fd, [&] { return static_cast<int>(::syscall(SYS_ftruncate, fd, bytes)); });
}
int ftruncate64(int fd, off_t bytes) noexcept {
    return ftruncate(fd, bytes);
}
int fallocate(int fd, int mode, off_t offset, off_t bytes) {
    return whole("fallocate", fd,
                 [&] { return static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, bytes)); });
}
int fallocate64(int fd, int mode, off_t offset, off_t bytes) {
    return fallocate(fd, mode, offset, bytes);
}

int rename(const char* from, const char* to) noexcept {
    return whole("rename", std::string_view(to),
                 [&] { return static_cast<int>(::syscall(SYS_rename, from, to)); });
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    return whole("renameat2", std::string_view(to), [&] {
        return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
    });
}
int unlink(const char* path) noexcept {
    return whole("unlink", std::string_view(path),
                 [&] { return static_cast<int>(::syscall(SYS_unlink, path)); });
}

void* mmap(void* at, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
    if (fd >= 0 && fate("mmap", fd) != Fate::succeeds) return MAP_FAILED;
    return reinterpret_cast<void*>(::syscall(SYS_mmap, at, bytes, protection, flags, fd, offset));
}
void* mmap64(void* at, size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
    return mmap(at, bytes, protection, flags, fd, offset);
}
}
