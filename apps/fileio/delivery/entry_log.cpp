#include "apps/fileio/delivery/entry_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/block.hpp"

namespace pacer::fileio {

namespace {

constexpr std::string_view first_line =
    "pacer-fileio-journal 5\n\n";  // the empty line aligns what follows to 8
constexpr std::string_view first_word = "pacer-fileio-journal ";
constexpr std::int64_t first_entry = first_line.size();
constexpr std::uint32_t entry_magic = 0x4a464350;  // "PCFJ"
constexpr std::uint32_t flushed_kind = 0;          // says that all before it is on disk
constexpr std::int64_t window_bytes = std::int64_t{4} << 20;
constexpr mode_t permissions = 0666;  // less the user's umask

// Before the content of each entry. It has a hash of its own: a length that is not right must neither lead
// the reading astray nor ask for terabytes.
struct Header {
    std::uint32_t magic = entry_magic, kind = 0;
    std::int64_t length = 0;
    std::uint64_t content_hash = 0;
    std::uint64_t header_hash = 0;  // of all before it

    std::uint64_t own_hash() const { return hash(this, offsetof(Header, header_hash)); }
    bool whole() const { return magic == entry_magic && length >= 0 && header_hash == own_hash(); }
};

constexpr std::int64_t header_bytes = sizeof(Header);
static_assert(first_entry % 8 == 0 && header_bytes % 8 == 0);

constexpr std::int64_t padded(std::int64_t bytes) {
    return (bytes + 7) / 8 * 8;
}

// Up to that many bytes, less only at the end of the file.
std::int64_t read_at(int fd, std::int64_t position, char* to, std::int64_t bytes, const std::string& path) {
    std::int64_t done = 0;
    while (done < bytes) {
        const auto got = ::pread(fd, to + done, static_cast<std::size_t>(bytes - done), position + done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
        if (got == 0) break;
        done += got;
    }
    return done;
}

// A file read front to back in large steps.
class Window {
  public:
    Window(int fd, const std::string& path, std::int64_t most = std::numeric_limits<std::int64_t>::max())
        : fd_(fd), path_(path) {
        struct stat status {};
        if (::fstat(fd, &status) != 0) {
            throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
        }
        size_ = std::min<std::int64_t>(status.st_size, most);
    }
    std::int64_t size() const { return size_; }

    // The bytes position .. position+length-1, aligned to 8 if the position is; null if the file ends before.
    const char* at(std::int64_t position, std::int64_t length) {
        if (length > size_ - position) return nullptr;
        if (position < begin_ || position + length > begin_ + held_) fill(position, length);
        return length > held_ - (position - begin_) ? nullptr : bytes_.data() + (position - begin_);
    }

  private:
    void fill(std::int64_t position, std::int64_t length) {
        const auto wanted = std::min(std::max(length, window_bytes), size_ - position);
        if (wanted > static_cast<std::int64_t>(bytes_.size()))
            bytes_ = Bytes(static_cast<std::size_t>(wanted));
        begin_ = position;
        held_ = read_at(fd_, position, bytes_.data(), wanted, path_);
    }

    int fd_;
    const std::string& path_;
    std::int64_t size_ = 0, begin_ = 0, held_ = 0;
    Bytes bytes_;
};

// The entry whose header lies there, if it is whole.
std::optional<EntryLog::Entry> entry_at(Window& window, std::int64_t position) {
    const char* const bytes = window.at(position, header_bytes);
    if (bytes == nullptr) return {};
    Header header;
    std::memcpy(&header, bytes, sizeof header);
    if (!header.whole() || header.length > window.size() - position - header_bytes) return {};
    const char* const content = window.at(position + header_bytes, padded(header.length));
    const auto length = static_cast<std::size_t>(header.length);
    if (content == nullptr || hash(content, length) != header.content_hash) return {};
    return EntryLog::Entry{header.kind, position + header_bytes, {content, length}};
}

std::int64_t end_of(const EntryLog::Entry& entry) {
    return entry.position + padded(static_cast<std::int64_t>(entry.content.size()));
}

// Whether what is at `position`, no entry, was on disk for certain once: a later entry says so.
bool was_flushed(Window& window, std::int64_t position) {
    for (auto at = position + 8; at + header_bytes <= window.size();) {
        const auto entry = entry_at(window, at);
        if (entry && entry->kind == flushed_kind) return true;
        at = entry ? end_of(*entry) : at + 8;
    }
    return false;
}

bool has_name(int fd, const std::string& path) {
    struct stat opened {
    }, named{};
    return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

Descriptor open_locked(const std::string& path, EntryLog::Missing missing) {
    const bool make = missing == EntryLog::Missing::make;
    for (;;) {
        // A pipe would block the opening.
        const int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | (make ? O_CREAT : 0);
        Descriptor file(::open(path.c_str(), flags, permissions));
        if (file.get() < 0 && errno == ENOENT && !make) {
            throw UsageError(fmt::format("there is no {} to resume from; start without --resume", path));
        }
        if (file.get() < 0) refuse_to_write(path, errno);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
            throw UsageError(fmt::format("cannot write {}: it is not a regular file", path));
        }
        // Where a file system has no locks, it is up to the user not to start two runs with one name.
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            throw UsageError(fmt::format(
                "{} is in use by another run; wait until that ends, or choose another --out", path));
        }
        // Else a run that ended between the opening and the lock has removed it.
        if (has_name(file.get(), path)) return file;
    }
}

// All parts, from that position on. The error, or 0.
int write_at(int fd, std::int64_t position, std::vector<iovec> parts) {
    for (std::size_t first = 0; first < parts.size();) {
        const auto written = ::pwritev(fd, &parts[first], static_cast<int>(parts.size() - first), position);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        position += written;
        auto left = static_cast<std::size_t>(written);
        while (first < parts.size() && left >= parts[first].iov_len) left -= parts[first++].iov_len;
        if (left == 0) continue;
        parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
        parts[first].iov_len -= left;
    }
    return 0;
}

iovec part_of(const void* data, std::size_t bytes) {
    return {const_cast<void*>(data), bytes};  // the interface lacks the const
}

}  // namespace

EntryLog::EntryLog(std::string path, Missing missing)
    : path_(std::move(path)), file_(open_locked(path_, missing)) {
    if (starts_as_log()) end_ = first_entry;
}

EntryLog EntryLog::to_read(std::string path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return {std::move(path), std::move(file)};
}

std::int64_t EntryLog::behind(const Entry& entry) {
    return end_of(entry);
}

bool EntryLog::starts_as_log() const {
    std::array<char, first_line.size()> start{};
    const auto got = read_at(file_.get(), 0, start.data(), first_entry, path_);
    const std::string_view found(start.data(), static_cast<std::size_t>(got));
    if (found == first_line) return true;
    if (first_line.starts_with(found) || found.find_first_not_of('\0') == found.npos) return false;
    if (found.starts_with(first_word)) {
        throw UsageError(fmt::format(
            "{} was written by another version of Pacer; resume with that version, or remove the file",
            path_));
    }
    throw UsageError(fmt::format("{} is not a journal of fileio; remove it, or choose another --out", path_));
}

void EntryLog::start_anew() {
    // ext4 takes a file that was cut to nothing for one that is replaced, and has all of it go to the disk
    // when it is closed: not of one that is empty.
    struct stat status {};
    if ((::fstat(file_.get(), &status) != 0 || status.st_size > 0) && ::ftruncate(file_.get(), 0) != 0)
        refuse_to_write(path_, errno);
    const int error = write_at(file_.get(), 0, {part_of(first_line.data(), first_line.size())});
    if (error != 0) refuse_to_write(path_, error);
    end_ = first_entry;
    flushed_ = 0;
    flush_folder_of(path_);
}

void EntryLog::scan(const std::function<void(const Entry&)>& take,
                    const std::function<bool(const Entry&)>& is_whole) {
    if (end_ == 0) return start_anew();
    Window window(file_.get(), path_);
    for (;;) {
        const auto entry = entry_at(window, end_);
        if (!entry || (is_whole && !is_whole(*entry))) break;
        if (entry->kind != flushed_kind) take(*entry);
        end_ = end_of(*entry);
    }
    if (end_ == window.size()) return;
    // After a power cut any page may be missing that was not flushed, and whole entries may lie behind it.
    if (was_flushed(window, end_)) refuse_damaged(end_);
    // A whole entry left there would be taken for one of this run, once what is written next ends before it.
    if (::ftruncate(file_.get(), end_) != 0) refuse_to_write(path_, errno);
}

void EntryLog::look(const std::function<bool(const Entry&)>& take) const {
    if (end_ == 0) return;
    Window window(file_.get(), path_);
    for (auto entry = entry_at(window, end_); entry && take(*entry);)
        entry = entry_at(window, end_of(*entry));
}

void EntryLog::read(std::int64_t from, std::int64_t to, const std::function<void(const Entry&)>& take) const {
    Window window(file_.get(), path_, to);
    while (from < to) {
        const auto entry = entry_at(window, from);
        if (!entry) refuse_damaged(from);
        take(*entry);
        from = end_of(*entry);
    }
}

std::int64_t EntryLog::append(std::uint32_t kind, std::initializer_list<std::span<const char>> parts) {
    static constexpr std::array<char, 8> zeros{};
    Bytes joined;  // of several parts, which are small
    if (parts.size() > 1) {
        for (const auto& part : parts) pacer::append(joined, part.data(), part.size());
    }
    const auto content = parts.size() == 1 ? *parts.begin() : std::span<const char>(joined);
    Header header;
    header.kind = kind;
    header.length = static_cast<std::int64_t>(content.size());
    header.content_hash = hash(content.data(), content.size());
    header.header_hash = header.own_hash();
    const auto padding = static_cast<std::size_t>(padded(header.length) - header.length);
    const int error = write_at(file_.get(), end_,
                               {part_of(&header, sizeof header), part_of(content.data(), content.size()),
                                part_of(zeros.data(), padding)});
    if (error != 0) {
        // If this fails as well, the rest of the entry is no whole one, and the next is written over it.
        [[maybe_unused]] const int ignored = ::ftruncate(file_.get(), end_);
        refuse_to_write(path_, error);
    }
    const auto position = end_ + header_bytes;
    end_ = position + padded(header.length);
    return position;
}

Bytes EntryLog::read(std::int64_t position, std::int64_t length) const {
    Header header;
    Bytes content(static_cast<std::size_t>(length));
    read_at(file_.get(), position - header_bytes, reinterpret_cast<char*>(&header), header_bytes, path_);
    const auto got = read_at(file_.get(), position, content.data(), length, path_);
    if (got != length || !header.whole() || header.length != length ||
        header.content_hash != hash(content.data(), content.size())) {
        refuse_damaged(position - header_bytes);
    }
    return content;
}

void EntryLog::flush() {
    if (flushed_ == end_) return;
    if (::fdatasync(file_.get()) != 0) refuse_to_write(path_, errno);
    append(flushed_kind, {std::span<const char>()});
    flushed_ = end_;
}

void EntryLog::remove() {
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
        throw UsageError(fmt::format("cannot remove {}: {}", path_, std::strerror(errno)));
    }
}

void EntryLog::refuse_damaged(std::int64_t position) const {
    throw UsageError(fmt::format(
        "{} is damaged at byte {}, and not by an interrupted run; --force starts over", path_, position));
}

}  // namespace pacer::fileio
