// Damages inputs, journals and dumps at random and reads them, in this process: see tests/campaign/inputs.
// Usage: damaged [TRIES [SEED]]. TRIES 0: as many as FUZZ_SECONDS allow.
#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "tests/campaign/damaged.hpp"

namespace pacer::campaign {

namespace {

std::array<char, 64> current{};  // the try under way, for the handler of a signal

void say_where(int signal) {
    const auto put = [](std::string_view text) {
        [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    };
    put(signal == SIGVTALRM || signal == SIGALRM ? "HANG: " : "CRASH: ");
    put(current.data());
    put("\n");
    ::_exit(1);
}

// 10 s of computing, or a minute of whatever.
void allow_a_moment() {
    const itimerval computing{{0, 0}, {10, 0}};
    setitimer(ITIMER_VIRTUAL, &computing, nullptr);
    ::alarm(60);
}

struct Kind {
    const char* name;
    Came (*attempt)(Random&);
    int share;  // of 100
    std::int64_t tries = 0, right = 0;
};

std::string shown(std::string_view bytes) {
    constexpr std::size_t most = 4000;
    std::string text;
    for (const char c : bytes.substr(0, most)) {
        if (c == '\n') {
            text += "\\n\n";
        } else if (c >= ' ' && c <= '~') {
            text += c;
        } else {
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

// The scratch folder; in memory where that is at hand: journals and results are flushed to disk.
std::filesystem::path make_folder() {
    std::error_code ignored;
    const std::filesystem::path memory("/dev/shm");
    const bool there = std::filesystem::is_directory(memory, ignored) && ::access(memory.c_str(), W_OK) == 0;
    auto name = ((there ? memory : std::filesystem::temp_directory_path()) / "damaged.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder can be made");
    return name;
}

int run(std::int64_t tries, double seconds, std::uint64_t seed) {
    std::array<Kind, 4> kinds = {{{"texts", try_text, 62},
                                  {"archives", try_archive, 25},
                                  {"journals", try_journal, 10},
                                  {"dumps", try_dump, 3}}};
    const auto begin = std::chrono::steady_clock::now();
    const auto folder = make_folder();
    std::filesystem::current_path(folder);
    for (const int signal : {SIGVTALRM, SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        std::signal(signal, say_where);
    int differences = 0;
    Random random(seed);
    for (std::int64_t number = 0; differences == 0; ++number) {
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        if (seconds > 0 ? passed.count() > seconds : number >= tries) break;
        auto share = static_cast<int>(random.below(100));
        auto* kind = kinds.data();
        while (share >= kind->share) share -= (kind++)->share;
        *fmt::format_to_n(current.data(), current.size() - 1, "try {} ({}) with seed {}", number, kind->name,
                          seed)
             .out = '\0';
        allow_a_moment();
        try {
            kind->right += kind->attempt(random) == Came::right;
        } catch (const std::exception& error) {
            ++differences;
            fmt::print("BROKEN: {}: {}\n", current.data(), error.what());
        }
        ++kind->tries;
    }
    std::filesystem::current_path("/");
    std::filesystem::remove_all(folder);
    std::int64_t all = 0;
    for (const auto& kind : kinds) {
        all += kind.tries;
        fmt::print("{} {} ({} right, {} refused), ", kind.tries, kind.name, kind.right,
                   kind.tries - kind.right - differences);
        // What refuses everything is right as well.
        if (constexpr int enough = 100; kind.tries > enough && kind.right < kind.tries / 10) {
            ++differences;
            fmt::print("too few of them right, ");
        }
    }
    fmt::print("seed {}\n{} tries: crashes 0, hangs 0, silent differences {}\n", seed, all, differences);
    return differences == 0 ? 0 : 1;
}

}  // namespace

void broken(const std::string& what, std::string_view got, std::string_view expected) {
    auto text = what;
    for (const auto part : {got, expected}) {
        if (!part.empty()) text += "\n---\n" + shown(part);
    }
    throw std::logic_error(text);
}

Came refused(std::string_view sentence) {
    if (sentence.empty() || sentence.find_first_of("\n\r") != sentence.npos)
        broken("not one sentence", sentence);
    return Came::refused;
}

void put(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace pacer::campaign

int main(int count, char** words) {
    std::uint64_t tries = 0, seed = std::random_device()();
    const auto number_in = [&](int word, std::uint64_t& number) {
        const std::string_view text(count > word ? words[word] : "0");
        const auto [behind, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc() && behind == text.data() + text.size();
    };
    if (count > 3 || !number_in(1, tries) || (count > 2 && !number_in(2, seed))) {
        std::fputs("usage: damaged [TRIES [SEED]]\n", stderr);
        return 2;
    }
    constexpr double usual_seconds = 10, most_seconds = 120;
    const char* const asked = std::getenv("FUZZ_SECONDS");
    const double seconds = asked == nullptr ? usual_seconds : std::min(std::atof(asked), most_seconds);
    return pacer::campaign::run(static_cast<std::int64_t>(tries), tries > 0 ? 0 : seconds, seed);
}
