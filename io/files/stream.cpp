#include "io/files/stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/base/bytes.hpp"
#include "common/base/status.hpp"

namespace pacer {

namespace {

constexpr std::size_t head_bytes = 4;                       // tell the compression
constexpr std::size_t buffer_bytes = std::size_t{1} << 18;  // of compressed text
constexpr std::size_t most_at_once = std::size_t{1} << 30;  // for the system call and for zlib

std::atomic<std::int64_t> bytes_read{0};

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw UsageError(fmt::format("cannot read {}: {}", path, why));
}

[[noreturn]] void refuse_damaged(const std::string& path, std::string_view format) {
    refuse(path, fmt::format("its {} data are damaged; get another copy of it", format));
}

[[noreturn]] void refuse_cut(const std::string& path, std::string_view format) {
    refuse(path, fmt::format("its {} data are cut off; get a whole copy of it", format));
}

int opened(const Found& found) {
    int fd = -1;
    do {
        fd = found.standard_input
                 ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                 : ::open(found.path.c_str(),
                          O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);  // a pipe may have no writer yet
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) refuse(found.path, std::strerror(errno));
    return fd;
}

// The bytes of a file as they lie there.
class Raw {
  public:
    Raw(const Found& found, bool (*stop)()) : path_(found.path), fd_(opened(found)), stop_(stop) {
        try {
            struct stat status {};
            if (::fstat(fd_, &status) != 0) refuse(path_, std::strerror(errno));
            if (S_ISDIR(status.st_mode)) refuse(path_, "it is a folder; name a file in it");
            // Where standard input stands in its file is its giver's business.
            regular_ = S_ISREG(status.st_mode) && !found.standard_input;
            size_ = status.st_size;
            modified_ns_ = modified_ns(status);
            ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);  // fails for pipes
            while (head_.size() < head_bytes && read_head()) continue;
            if (rereads() && ::lseek(fd_, 0, SEEK_SET) != 0) refuse(path_, std::strerror(errno));
        } catch (...) {
            ::close(fd_);
            throw;
        }
        begun_with_ = head_.substr(0, head_bytes);
        if (rereads()) head_.clear();
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;
    ~Raw() { ::close(fd_); }

    const std::string& path() const { return path_; }
    bool regular() const { return regular_; }
    std::int64_t position() const { return position_; }
    std::string_view begun_with() const { return begun_with_; }

    InputFile described(Compression compression) const {
        return regular_ ? InputFile{path_, size_, modified_ns_, compression}
                        : InputFile{path_, -1, 0, compression};
    }

    // Some bytes; none at the end.
    std::size_t read_some(char* to, std::size_t bytes) {
        const auto kept = std::min(bytes, head_.size());
        if (kept > 0) {
            std::memcpy(to, head_.data(), kept);
            head_.erase(0, kept);
        }
        const auto got = kept > 0 ? kept : read_now(to, bytes);
        position_ += static_cast<std::int64_t>(got);
        return got;
    }

    void skip(std::int64_t bytes) {  // of a file that rereads()
        if (::lseek(fd_, bytes, SEEK_CUR) < 0) refuse(path_, std::strerror(errno));
        position_ += bytes;
    }

    void check_unchanged() const {
        struct stat status {};
        if (::fstat(fd_, &status) != 0) refuse(path_, std::strerror(errno));
        if (regular_ && (status.st_size != size_ || modified_ns(status) != modified_ns_))
            throw UsageError(path_ + " changed while it was being read; run again when nothing writes to it");
    }

  private:
    static std::int64_t modified_ns(const struct stat& status) {
        return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    }

    bool rereads() const { return regular_ && size_ > 0; }

    // What the kernel makes as it is read (/proc/sys/kernel/pid_max, of size 0) comes whole, or cut where the
    // first read ends.
    bool read_head() {
        std::array<char, std::size_t{1} << 14> bytes{};
        const auto got = read_now(bytes.data(), size_ > 0 ? head_bytes - head_.size() : bytes.size());
        head_.append(bytes.data(), got);
        return got > 0;
    }

    std::size_t read_now(char* to, std::size_t bytes) {
        for (;;) {
            if (!regular_) wait_for_bytes();
            const auto got = ::read(fd_, to, std::min(bytes, most_at_once));
            if (got >= 0) {
                bytes_read += got;
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR && errno != EAGAIN) refuse(path_, std::strerror(errno));
        }
    }

    // Or for the end.
    void wait_for_bytes() const {
        constexpr int look_milliseconds = 100;
        pollfd event{fd_, POLLIN, 0};
        while (::poll(&event, 1, look_milliseconds) <= 0) {
            if (stop_ != nullptr && stop_()) throw ReadingStopped();
        }
    }

    std::string path_;
    int fd_;
    bool (*stop_)();
    bool regular_ = false;
    std::int64_t size_ = 0, modified_ns_ = 0, position_ = 0;
    std::string head_;  // read before it was asked for
    std::string begun_with_;
};

// Some of a compressed file.
class Buffer {
  public:
    explicit Buffer(Raw& raw) : raw_(raw), bytes_(buffer_bytes) {}

    // False at the file's end.
    bool fill() {
        begin_ = 0;
        end_ = raw_.read_some(bytes_.data(), bytes_.size());
        return end_ > 0;
    }
    const char* data() const { return bytes_.data() + begin_; }
    std::size_t size() const { return end_ - begin_; }
    void pass(std::size_t bytes) { begin_ += bytes; }

  private:
    Raw& raw_;
    Bytes bytes_;
    std::size_t begin_ = 0, end_ = 0;
};

class Decoder {
  public:
    explicit Decoder(Raw& raw) : path_(raw.path()), buffer_(raw) {}
    virtual ~Decoder() = default;
    virtual std::size_t read_some(char* to, std::size_t bytes) = 0;                    // none at the end
    std::int64_t behind() const { return static_cast<std::int64_t>(buffer_.size()); }  // read, not consumed

  protected:
    const std::string& path_;
    Buffer buffer_;
};

class Gzip : public Decoder {
  public:
    explicit Gzip(Raw& raw) : Decoder(raw) {
        constexpr int gzip_only = 16;
        if (::inflateInit2(&state_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
    }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    ~Gzip() override { ::inflateEnd(&state_); }

    std::size_t read_some(char* to, std::size_t bytes) override {
        state_.next_out = reinterpret_cast<Bytef*>(to);
        state_.avail_out = static_cast<uInt>(std::min(bytes, most_at_once));
        const auto wanted = state_.avail_out;
        while (state_.avail_out == wanted) {
            if (buffer_.size() == 0 && !buffer_.fill()) {
                if (in_member_) refuse_cut(path_, "gzip");
                return 0;
            }
            if (in_member_ || begin_member()) inflate_some();
        }
        return wanted - state_.avail_out;
    }

  private:
    // A file may hold several members, one after the other, and zeros behind them.
    bool begin_member() {
        if (*buffer_.data() == 0) {
            buffer_.pass(1);
            return false;
        }
        ::inflateReset(&state_);
        return in_member_ = true;
    }

    void inflate_some() {
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(buffer_.data()));
        state_.avail_in = static_cast<uInt>(buffer_.size());
        const auto result = ::inflate(&state_, Z_NO_FLUSH);
        buffer_.pass(buffer_.size() - state_.avail_in);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result != Z_OK && result != Z_STREAM_END) refuse_damaged(path_, "gzip");
        in_member_ = result != Z_STREAM_END;
    }

    z_stream state_ = {};
    bool in_member_ = false;
};

class Zstd : public Decoder {
  public:
    explicit Zstd(Raw& raw) : Decoder(raw), state_(::ZSTD_createDCtx()) {
        if (state_ == nullptr) throw std::bad_alloc();
        // As far back as zstd --long=31 looks: more than the library allows unasked.
        ::ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax,
                                 ::ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
    }
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;
    ~Zstd() override { ::ZSTD_freeDCtx(state_); }

    std::size_t read_some(char* to, std::size_t bytes) override {
        ZSTD_outBuffer out{to, bytes, 0};
        while (out.pos == 0) {
            const bool ended = buffer_.size() == 0 && !buffer_.fill();
            if (ended && !in_frame_) return 0;
            if (!in_frame_) {
                wanted_ = ::ZSTD_getFrameContentSize(buffer_.data(), buffer_.size());
                given_ = 0;
            }
            ZSTD_inBuffer in{buffer_.data(), buffer_.size(), 0};
            const auto result = ::ZSTD_decompressStream(state_, &out, &in);
            if (::ZSTD_isError(result) != 0) refuse_damaged(path_, "zstd");
            if (ended && out.pos == 0 && result != 0) refuse_cut(path_, "zstd");
            buffer_.pass(in.pos);
            in_frame_ = result != 0;
            given_ += out.pos;
            // The library does not look at that size where the last block is empty.
            const bool known = wanted_ != ZSTD_CONTENTSIZE_UNKNOWN && wanted_ != ZSTD_CONTENTSIZE_ERROR;
            if (!in_frame_ && known && given_ != wanted_) refuse_damaged(path_, "zstd");
        }
        return out.pos;
    }

  private:
    ZSTD_DCtx* state_;
    bool in_frame_ = false;
    unsigned long long wanted_ = 0, given_ = 0;  // bytes of the frame, as it says itself
};

Compression compression_of(std::string_view head) {
    if (head.starts_with("\x1f\x8b\x08")) return Compression::gzip;
    if (head.size() < head_bytes) return Compression::none;
    if (head == "\x28\xb5\x2f\xfd") return Compression::zstd;
    // What parallel compressors put before the first frame.
    const bool skippable =
        head.substr(1) == "\x2a\x4d\x18" && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50;
    return skippable ? Compression::zstd : Compression::none;
}

}  // namespace

std::int64_t bytes_read_from_files() {
    return bytes_read;
}

struct Stream::State {
    State(const Found& found, bool (*stop)())
        : raw(found, stop), file(raw.described(compression_of(raw.begun_with()))) {
        if (file.compression == Compression::gzip) decoder = std::make_unique<Gzip>(raw);
        if (file.compression == Compression::zstd) decoder = std::make_unique<Zstd>(raw);
    }

    Raw raw;
    InputFile file;
    std::unique_ptr<Decoder> decoder;
};

Stream::Stream(const Found& found, bool (*stop)()) : state_(std::make_unique<State>(found, stop)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

const InputFile& Stream::file() const {
    return state_->file;
}

bool Stream::can_seek() const {
    return state_->raw.regular() && !state_->decoder;
}

std::size_t Stream::read(char* to, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
        const auto got = state_->decoder ? state_->decoder->read_some(to + done, bytes - done)
                                         : state_->raw.read_some(to + done, bytes - done);
        if (got == 0) break;
        done += got;
    }
    return done;
}

void Stream::skip(std::int64_t bytes) {
    state_->raw.skip(bytes);
}

std::int64_t Stream::bytes_on_disk() const {
    return state_->raw.position() - (state_->decoder ? state_->decoder->behind() : 0);
}

void Stream::check_unchanged() const {
    state_->raw.check_unchanged();
}

}  // namespace pacer
