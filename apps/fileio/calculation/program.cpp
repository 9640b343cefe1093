#include "apps/fileio/calculation/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/split.hpp"
#include "common/base/status.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t most_results = 4096;    // of a record: more is a mistake
constexpr int patience_milliseconds = 10'000;  // before it is said what may be wrong

// While it lives, writing where nobody reads any more is an error and no signal.
class NoSignalOfPipes {
  public:
    NoSignalOfPipes() {
        sigemptyset(&pipes_);
        sigaddset(&pipes_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipes_, &before_);
    }
    NoSignalOfPipes(const NoSignalOfPipes&) = delete;
    NoSignalOfPipes& operator=(const NoSignalOfPipes&) = delete;
    ~NoSignalOfPipes() {
        const timespec now{0, 0};
        if (sigismember(&before_, SIGPIPE) == 0) sigtimedwait(&pipes_, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

  private:
    sigset_t pipes_{}, before_{};
};

// Appends what has come. False at the end.
bool read_some(int descriptor, std::string& text) {
    char bytes[65536];
    const auto got = ::read(descriptor, bytes, sizeof bytes);
    if (got > 0) text.append(bytes, static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

// Whole lines, which are then gone from the text.
template <class Use>
void take_lines(std::string& text, const Use& use) {
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
        auto line = std::string_view(text).substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        use(line);
    }
    text.erase(0, begin);
}

// Exactly that many numbers, separated by blanks, tabs or commas.
bool read_numbers(std::string_view line, std::size_t count, std::vector<double>& values) {
    constexpr std::string_view between = " \t,";
    std::size_t found = 0;
    for (;;) {
        line.remove_prefix(std::min(line.find_first_not_of(between), line.size()));
        if (line.empty()) return found == count;
        if (line.front() == '+') line.remove_prefix(1);
        double value = 0;
        const auto [behind, error] = std::from_chars(line.data(), line.data() + line.size(), value);
        if (error != std::errc()) return false;
        line.remove_prefix(static_cast<std::size_t>(behind - line.data()));
        if (!line.empty() && between.find(line.front()) == between.npos) return false;
        values.push_back(value);
        ++found;
    }
}

std::string shown(std::string_view line) {
    constexpr std::size_t longest = 60;
    std::string text(line.substr(0, longest));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
    return text + (line.size() > longest ? "..." : "");
}

}  // namespace

Program::Program(const std::string& command, int results)
    : command_(command), results_(static_cast<std::size_t>(results)), process_(start_program(command)) {
    for (const int end : {process_.input, process_.output, process_.errors})
        ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
}

Program::~Program() {
    for (const int end : {process_.input, process_.output, process_.errors}) ::close(end);
    if (process_.pid > 0) end_of_program(process_.pid);
}

std::string Program::named(const Block& block) const {
    return fmt::format("'{}' at {}:{}-{}", command_, block.path, block.lines.front() + 1,
                       block.lines.back() + 1);
}

void Program::refuse(const Block& block, const std::string& why) const {
    throw ProgramFailed(fmt::format("{}: {}", named(block), why));
}

void Program::send(const Block& block) {
    const NoSignalOfPipes none;
    while (sent_ < block.text.size()) {
        const auto put = ::write(process_.input, block.text.data() + sent_, block.text.size() - sent_);
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) return;
        // It takes no more: what it answers, or that it ended, shows whether that is right.
        sent_ = put < 0 ? block.text.size() : sent_ + static_cast<std::size_t>(put);
    }
}

void Program::take_line(const Block& block, std::string_view line) {
    const auto wanted = block.lines.size();
    const auto answered = reasons_.size();
    if (ended_ || (answered == wanted && !line.empty()))
        refuse(block, fmt::format("it answers {} records with more than {} lines and an empty one: '{}'",
                                  wanted, wanted, shown(line)));
    if (line.empty() && answered < wanted)
        refuse(block, fmt::format("it answers {} records with {} lines only", wanted, answered));
    if (line.empty()) {
        ended_ = true;
        return;
    }
    constexpr std::string_view reject = "reject";
    std::string reason;
    if (line.starts_with(reject)) {
        line.remove_prefix(reject.size());
        line.remove_prefix(std::min(line.find_first_not_of(": "), line.size()));
        reason = line.empty() ? "the program rejects the record" : line;
        values_.insert(values_.end(), results_, 0);
    } else if (!read_numbers(line, results_, values_)) {
        refuse(block,
               fmt::format("it answers line {} with '{}', where {} or 'reject: REASON' are wanted (see "
                           "exec:N:COMMAND)",
                           block.lines[answered] + 1, shown(line),
                           results_ == 1 ? "one number" : fmt::format("{} numbers", results_)));
    }
    reasons_.push_back(std::move(reason));
    if (block.at && answered + 1 < wanted) block.at(block.lines[answered + 1]);
}

void Program::take_output(const Block& block) {
    const bool more = read_some(process_.output, output_);
    take_lines(output_, [&](std::string_view line) { take_line(block, line); });
    if (more || ended_) return;
    take_errors(block, true);
    const auto answered = reasons_.size();
    refuse(block, fmt::format("it ended ({}) {}", end_of_program(std::exchange(process_.pid, -1)),
                              answered < block.lines.size()
                                  ? fmt::format("before it answered line {}", block.lines[answered] + 1)
                                  : "before the empty line that ends a block's answers"));
}

// What it says on its standard error goes on to ours.
void Program::take_errors(const Block& block, bool all) {
    const auto tell = [&](std::string_view line) { say("fileio: {}: {}\n", named(block), line); };
    if (!read_some(process_.errors, errors_)) {
        ::close(process_.errors);
        process_.errors = -1;
    }
    take_lines(errors_, tell);
    if (all && !errors_.empty()) tell(errors_);
}

void Program::calculate(const Block& block) {
    sent_ = taken_ = 0;
    ended_ = false;
    values_.clear();
    reasons_.clear();
    if (block.lines.empty()) return;
    if (block.at) block.at(block.lines.front());
    const double begun = now_seconds();
    constexpr int look_milliseconds = 100;
    const bool timed = block.timeout_seconds > 0;
    while (!ended_) {
        if (timed && now_seconds() - begun > block.timeout_seconds)
            refuse(block,
                   fmt::format("it takes longer than the {:g} s of --record-timeout", block.timeout_seconds));
        const bool left = sent_ < block.text.size();
        pollfd events[] = {{left ? process_.input : -1, POLLOUT, 0},
                           {process_.output, POLLIN, 0},
                           {process_.errors, POLLIN, 0}};
        const int ready =
            ::poll(events, std::size(events), timed ? look_milliseconds : patience_milliseconds);
        if (ready == 0 && !timed && !left && reasons_.empty() && !std::exchange(asked_to_flush_, true))
            say("fileio: {} has not answered yet; it must take each line as it comes (Debian's awk: awk -W "
                "interactive) and flush its output after the empty line that ends a block\n",
                named(block));
        if (ready <= 0) continue;  // or a signal
        if (events[2].revents != 0) take_errors(block, false);
        if (events[1].revents != 0) take_output(block);
        if (events[0].revents != 0) send(block);
    }
    if (!output_.empty()) take_line(block, output_);
}

bool Program::next_answer(std::span<double> results, std::string& reason) {
    reason = reasons_.at(taken_);
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(taken_ * results_), results_, results.begin());
    ++taken_;
    return reason.empty();
}

Program& Programs::of(int thread) {
    const std::lock_guard lock(mutex_);
    auto& program = running_[thread];
    if (!program) program = std::make_unique<Program>(command_, results_);
    return *program;
}

namespace {

// The hash of the files that the command names: another program must not be taken for the same.
std::uint64_t hash_of_files(const std::string& command) {
    std::string all;
    for (const auto word : split(command, ' ')) {
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(std::filesystem::path(word), ignored)) continue;
        std::ifstream file{std::string(word), std::ios::binary};
        all.append(std::istreambuf_iterator<char>(file), {});
    }
    return ::XXH3_64bits(all.data(), all.size());
}

}  // namespace

Calculation program_calculation(const std::string& name) {
    std::string command = name.substr(name.find(':') + 1);
    std::int64_t results = 1;
    const auto digits = std::min(command.find_first_not_of("0123456789"), command.size());
    if (digits > 0 && digits < command.size() && command[digits] == ':') {
        const auto [behind, error] = std::from_chars(command.data(), command.data() + digits, results);
        if (error != std::errc() || results > most_results)
            throw UsageError(fmt::format("{}: there can be 0 to {} results of a record", name, most_results));
        command.erase(0, digits + 1);
    }
    if (command.find_first_not_of(" \t") == command.npos)
        throw UsageError("exec: names no command; write exec:'python3 mine.py'");
    Calculation calculation;
    calculation.name = name;
    calculation.identity = fmt::format("{} {:016x}", name, hash_of_files(command));
    calculation.takes_all = calculation.takes_missing = true;
    calculation.fields = 1;
    calculation.results = static_cast<int>(results);
    calculation.programs = std::make_shared<Programs>(command, calculation.results);
    return calculation;
}

}  // namespace pacer::fileio
