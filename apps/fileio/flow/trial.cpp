#include "apps/fileio/flow/trial.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "apps/fileio/flow/watch.hpp"
#include "common/base/clock.hpp"
#include "common/parallel/ending.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t no_line = Watch::no_line;

// A line that both processes see.
class SharedLine {
  public:
    SharedLine()
        : memory_(::mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED) throw std::bad_alloc();
        line_ = new (memory_) std::atomic<std::int64_t>(no_line);
    }
    SharedLine(const SharedLine&) = delete;
    SharedLine& operator=(const SharedLine&) = delete;
    ~SharedLine() { ::munmap(memory_, sizeof *line_); }
    std::atomic<std::int64_t>& get() { return *line_; }

  private:
    void* memory_;
    std::atomic<std::int64_t>* line_ = nullptr;
};

bool write_all(int fd, const char* bytes, std::size_t count) {
    while (count > 0) {
        const auto written = ::write(fd, bytes, count);
        if (written < 0 && errno != EINTR) return false;
        if (written < 0) continue;
        bytes += written;
        count -= static_cast<std::size_t>(written);
    }
    return true;
}

// What the process on trial does. It calls no MPI, and ends without what others do at their end.
[[noreturn]] void be_on_trial(Job job, const Handout& block, int pipe, std::atomic<std::int64_t>& line) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    Watch::leave_to_default();
    job.watch = nullptr;
    job.stop = nullptr;
    job.line = &line;
    Processor(job, 0).process(block, [&](const Bytes& piece) {
        line.store(no_line);
        const auto bytes = static_cast<std::int64_t>(piece.size());
        if (!write_all(pipe, reinterpret_cast<const char*>(&bytes), sizeof bytes) ||
            !write_all(pipe, piece.data(), piece.size()))
            ::_exit(1);
    });
    ::_exit(0);
}

std::string fate_of(int status) {
    if (WIFEXITED(status)) return "the calculation ended the program";
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return fmt::format("the calculation crashed (SIG{})", name == nullptr ? "?" : name);
}

// How it ended: whole, or why not and at which line.
struct Outcome {
    std::string reason;
    std::int64_t line = no_line;
    bool killed = false;  // by the system, for want of memory perhaps, or by somebody
};

class Trial {
  public:
    Trial(const Job& job, const Handout& block) : job_(job) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        const Descriptor in(ends[1]);
        out_ = ends[0];
        child_ = ::fork();
        if (child_ == 0) be_on_trial(job, block, ends[1], line_.get());
        if (child_ < 0) {
            ::close(out_);
            throw std::system_error(errno, std::generic_category(), "fork");
        }
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    ~Trial() {
        ::close(out_);
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
    }

    // Gives away all pieces that come whole.
    Outcome watch(const TakePiece& take) {
        std::int64_t bytes = 0;
        while (read_all(reinterpret_cast<char*>(&bytes), sizeof bytes)) {
            Bytes piece(static_cast<std::size_t>(bytes));
            if (!read_all(piece.data(), piece.size())) break;
            take(std::move(piece));
        }
        if (late_) ::kill(child_, SIGKILL);
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) continue;
        child_ = -1;
        const auto line = line_.get().load();
        if (late_)
            return {
                fmt::format("takes longer than the {:g} s of --record-timeout", job_.record_timeout_seconds),
                line};
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && line == no_line) return {};
        return {fate_of(status), line, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL};
    }

  private:
    // False at the end, or when a record takes too long.
    bool read_all(char* to, std::size_t count) {
        while (count > 0) {
            if (!wait_for_bytes()) return false;
            const auto got = ::read(out_, to, count);
            if (got == 0 || (got < 0 && errno != EINTR)) return false;
            if (got < 0) continue;
            to += got;
            count -= static_cast<std::size_t>(got);
        }
        return true;
    }

    bool wait_for_bytes() {
        constexpr int look_milliseconds = 20;
        pollfd event{out_, POLLIN, 0};
        auto since = now_seconds();
        for (auto seen = line_.get().load(); ::poll(&event, 1, look_milliseconds) <= 0;) {
            heed_abort();
            const auto line = line_.get().load();
            const auto now = now_seconds();
            if (line == no_line || line != seen) since = now;
            seen = line;
            late_ = job_.record_timeout_seconds > 0 && now - since > job_.record_timeout_seconds;
            if (late_) return false;
        }
        return true;
    }

    const Job& job_;
    SharedLine line_;
    int out_ = -1;
    pid_t child_ = -1;
    bool late_ = false;
};

// The part of a block from that line of it on, of so many lines.
Handout part(const Handout& block, std::int64_t first, std::int64_t lines) {
    Handout of = block;
    const auto bytes_of = [](std::span<const char> text, std::int64_t count) {
        std::size_t bytes = 0;
        for (; count > 0 && bytes < text.size(); --count) {
            const auto* const newline =
                static_cast<const char*>(std::memchr(text.data() + bytes, '\n', text.size() - bytes));
            bytes = newline == nullptr ? text.size() : static_cast<std::size_t>(newline - text.data()) + 1;
        }
        return bytes;
    };
    const auto before = bytes_of(block.text, first);
    of.text = block.text.subspan(before);
    of.text = of.text.first(bytes_of(of.text, lines));
    of.place.offset += static_cast<std::int64_t>(before);
    of.place.bytes = std::ssize(of.text);
    of.place.first_line += first;
    of.place.first_index += first;
    of.place.lines = lines;
    of.place.header_lines = std::clamp<std::int64_t>(block.place.header_lines - first, 0, lines);
    return of;
}

Bytes rejected(const Job& job, const Handout& record, const std::string& reason) {
    PieceBuilder builder(job.calculation->results, job.format.id.numbers().size());
    builder.add_rejected(0, 0, reason);
    for (std::int64_t line = 1; line < record.place.lines; ++line) builder.add_skipped(line);
    PieceHeader header;
    header.place = record.place;
    header.text_hash = hash(record.text.data(), record.text.size());
    Bytes statistics;
    if (job.calculation->summarises) Statistics().append_to(statistics);
    return builder.finish(header, statistics);
}

// Programs are processes of their own. A program may answer only at the end of a block, so each record is
// one: then it is known which one it dies at. Nothing is given away before it has answered one, since a
// program that cannot work at all says nothing of its records.
void give_programs_a_trial(const Job& asked, const Handout& block, const TakePiece& take) {
    auto calculation = *asked.calculation;
    auto job = asked;
    job.calculation = &calculation;
    job.watch = nullptr;
    Processor processor(job, 0);
    std::vector<Bytes> held;
    bool answered = false, ends = false;
    constexpr int enough = 100;  // failures: each takes a start
    int failures = 0;
    std::exception_ptr failed;
    const auto give = [&] {
        if (!answered) return;
        for (auto& piece : held) take(std::move(piece));
        held.clear();
    };
    calculation.programs = calculation.programs->anew();
    for (std::int64_t line = 0; line < block.place.lines && !ends; give()) {
        if (job.stop != nullptr && job.stop()) return;
        const auto lines = line < block.place.header_lines ? 1 : job.format.lines_per_record;
        const auto record = part(block, line, std::min(lines, block.place.lines - line));
        line += record.place.lines;
        try {
            processor.process(record, [&](Bytes piece) {
                answered = answered || Piece(piece).header().done > 0;
                ends = Piece(piece).header().ends_run != EndsRun::goes_on;
                held.push_back(std::move(piece));
            });
        } catch (const ProgramFailed& error) {
            if (!answered && ++failures == enough) throw;
            failed = std::current_exception();
            held.push_back(rejected(job, record, error.what()));
            calculation.programs = calculation.programs->anew();
        }
    }
    if (failed && !answered) std::rethrow_exception(failed);
    answered = true;
    give();
}

}  // namespace

// After each death there is one record less to be tried.
void process_on_trial(const Job& job, const Handout& block, const TakePiece& take) {
    if (job.calculation->programs) return give_programs_a_trial(job, block, take);
    auto rest = block;
    while (!rest.text.empty() && (job.stop == nullptr || !job.stop())) {
        std::int64_t given = 0;  // lines
        const auto outcome = Trial(job, rest).watch([&](Bytes piece) {
            given += Piece(piece).place().lines;
            take(std::move(piece));
        });
        if (outcome.reason.empty()) return;
        // Whoever kills all processes of a job kills this one in a moment.
        if (outcome.killed) std::this_thread::sleep_for(std::chrono::seconds(1));
        if (outcome.killed && stop_requested()) return;
        rest = part(rest, given, rest.place.lines - given);
        const auto at = std::max<std::int64_t>(outcome.line - rest.place.first_line, 0);
        const auto lines = std::min(job.format.lines_per_record, rest.place.lines - at);
        if (at > 0) process_on_trial(job, part(rest, 0, at), take);
        take(rejected(job, part(rest, at, lines), outcome.reason));
        rest = part(rest, at + lines, rest.place.lines - at - lines);
    }
}

}  // namespace pacer::fileio
