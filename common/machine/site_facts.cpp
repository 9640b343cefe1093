#include "common/machine/site_facts.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "common/base/clock.hpp"
#include "common/base/command_line.hpp"
#include "common/base/program_starter.hpp"
#include "common/base/say.hpp"
#include "common/base/split.hpp"
#include "common/base/units.hpp"
#include "common/machine/environment_parse.hpp"

namespace pacer {

namespace {

bool starter_is_ours = false;

// The script's path; null if there is none.
const char* script() {
    const char* const path = std::getenv("PACER_FACTS");
    return path == nullptr || *path == '\0' ? nullptr : path;
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

bool is_control(unsigned char letter) {
    return letter < ' ' || letter == 0x7f;
}

// A line as it can be shown.
std::string shown(std::string_view line) {
    std::string text(line.substr(0, 60));
    std::replace_if(text.begin(), text.end(), is_control, '?');
    return text + (line.size() > text.size() ? "..." : "");
}

struct Said {
    std::string output, errors;
    bool in_time = true;
};

// What the program says until it closes both streams. Too much is as bad as too late.
Said listen_to(const StartedProgram& program, double patience_seconds) {
    constexpr std::size_t most_bytes = 65536;
    const double end = now_seconds() + patience_seconds;
    Said said;
    std::array<pollfd, 2> streams{{{program.output, POLLIN, 0}, {program.errors, POLLIN, 0}}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        const double left = end - now_seconds();
        if (left <= 0 || said.output.size() + said.errors.size() > most_bytes) {
            said.in_time = false;
            break;
        }
        if (poll(streams.data(), streams.size(), static_cast<int>(1000 * left) + 1) < 0 && errno != EINTR)
            break;
        for (auto& stream : streams) {
            if (stream.fd < 0 || stream.revents == 0) continue;
            std::array<char, 4096> bytes{};
            const auto got = read(stream.fd, bytes.data(), bytes.size());
            if (got > 0)
                (stream.fd == program.output ? said.output : said.errors)
                    .append(bytes.data(), static_cast<std::size_t>(got));
            if (got == 0 || (got < 0 && errno != EINTR)) stream.fd = -1;
        }
    }
    return said;
}

// Runs the script; into `wrong` why it told nothing, or not all.
Facts told_by(const char* path, double patience_seconds, std::string& wrong) {
    std::string words = path;
    char* word = words.data();
    StartedProgram program;
    try {
        program = start_program("exec " + command_line(1, &word));
    } catch (const std::runtime_error& error) {
        wrong = error.what();
        return {};
    }
    close(program.input);
    const auto said = listen_to(program, patience_seconds);
    close(program.output), close(program.errors);
    const auto end = end_of_program(program.pid);
    if (!said.in_time) {
        wrong = fmt::format("it did not end within {:g} s, or says more than 64 KiB", patience_seconds);
        return {};
    }
    if (end == "exit status 0") return site_facts_in(said.output, wrong);
    wrong = end;
    if (const auto why = trimmed(said.errors); !why.empty())
        wrong += fmt::format(": {}", shown(why.substr(0, why.find('\n'))));
    return {};
}

// One sentence for all nodes, which mostly fail alike.
void say_what_is_wrong(const Team& world, const std::string& mine) {
    auto all = gather_text(world, mine.empty() ? "" : host_name() + "\n" + mine);
    std::erase(all, "");
    if (all.empty()) return;
    const auto told = split(all.front(), '\n');  // host, sentence
    const auto more =
        all.size() == 1 ? "" : fmt::format(" and {}", counted(all.size() - 1, "more node", "more nodes"));
    say("PACER_FACTS: {} on {}{}: {}; the launch goes on without what it did not tell\n", script(), told[0],
        more, told[1]);
}

}  // namespace

void begin_site_facts() {
    if (script() != nullptr) starter_is_ours = begin_program_starter();
}

Facts site_facts(const Team& world, double patience_seconds) {
    // What rank 0 says holds for all: it is collective.
    int wanted = script() != nullptr ? 1 : 0;
    MPI_Bcast(&wanted, 1, MPI_INT, 0, world.comm);
    Facts facts;
    if (wanted == 0) return facts;
    std::string wrong;
    if (world.node_root() && script() != nullptr) facts = told_by(script(), patience_seconds, wrong);
    if (starter_is_ours) end_program_starter();
    sleeping_barrier(world);  // the script must not have to share its core with ranks that wait
    say_what_is_wrong(world, wrong);
    return facts;
}

Facts site_facts_in(std::string_view text, std::string& wrong) {
    constexpr std::size_t longest_value = 1000;
    Facts facts;
    int number = 0;
    for (auto line : split(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const auto sign = std::min(line.find('='), line.size());
        const auto name = fmt::format("site_{}", line.substr(0, sign));
        const auto value = line.substr(std::min(sign + 1, line.size()));
        const bool is_good =
            sign < line.size() && is_name(line.substr(0, sign)) && value.size() <= longest_value &&
            std::none_of(value.begin(), value.end(), is_control) && fact(facts, name, "\n") == "\n";
        if (is_good)
            facts.emplace_back(name, std::string(value));
        else if (wrong.empty())
            wrong = fmt::format(
                "line {} is not NAME=value, with a name of a-z, 0-9 and _ that no line before has: '{}'",
                number, shown(line));
    }
    return facts;
}

}  // namespace pacer
