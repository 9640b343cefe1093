// make_launches FILE OPTIONS...: writes launches with a known truth, for tests and for timing `timings`. The
// times are log-normal: an effect of the launch, alike for all its repeats, times noise of the repeat.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "common/launch/arguments.hpp"
#include "io/dump/dump.hpp"

namespace {

using namespace pacer;

struct Spec {
    std::string file, app = "reduce", commit = "aaaa", wrong, host = "node1", cpu_model = "AMD EPYC";
    std::int64_t launches = 10, cases = 1, repeats = 10, ranks = 1, slow_cases = 1 << 20, elements = 1000000;
    std::int64_t start = -1, every = 1;
    std::uint64_t seed = 1;
    double base = 0.01, slower = 1;
    double between = 0.01, within = 0.005;
};

std::string variant_name(std::int64_t number) {
    static const std::vector<std::string> names = {"serial", "simd", "openmp", "mpi", "shared", "hybrid"};
    const auto index = static_cast<std::size_t>(number);
    return index < names.size() ? names[index] : fmt::format("variant{:02}", number);
}

Record make_record(const Spec& spec, std::int64_t number, double seconds, std::mt19937& random) {
    std::normal_distribution<double> noise(0, spec.within);
    Record made;
    made.app = spec.app;
    made.variant = variant_name(number);
    made.uses = Uses::ranks;
    made.ranks = static_cast<int>(spec.ranks);
    made.parameters = {
        {"elements", spec.elements}, {"source", std::string("iota")}, {"chunk", std::int64_t{32768}}};
    made.work = {spec.elements, 0, spec.elements, Operation::int64_add};
    made.limit = {seconds / 3, "130.5 Gadd/s of int64 by 1 core"};
    made.first_seconds = 1.5 * seconds;
    made.stopped_by = StoppedBy::converged;
    const bool wrong = made.variant == spec.wrong;
    made.verdict = {spec.repeats, wrong ? 1 : 0, wrong ? "41" : "42", "42", "0"};
    for (int repeat = 0; repeat < spec.repeats; ++repeat) {
        made.round.push_back(repeat);
        const double took = seconds * std::exp(noise(random));
        for (int rank = 0; rank < spec.ranks; ++rank) made.seconds.push_back(took * (1 - 0.01 * rank));
    }
    for (int rank = 0; rank < spec.ranks; ++rank) {
        made.shares.push_back({rank, 1, rank == 0 ? spec.elements : 0, rank == 0 ? "42" : "0"});
    }
    return made;
}

// Launches of one file follow each other; those of another seed run hours later, unless told.
std::string start_of(const Spec& spec, std::int64_t number) {
    constexpr std::int64_t hour = 3600;
    const auto first = spec.start >= 0 ? spec.start : static_cast<std::int64_t>(spec.seed % 600) * hour;
    const auto second = first + number * spec.every;
    return fmt::format("2026-11-{:02}T{:02}:{:02}:{:02}Z", 1 + second / (24 * hour), second / hour % 24,
                       second / 60 % 60, second % 60);
}

Launch make_launch(const Spec& spec, std::int64_t number, std::mt19937& random) {
    std::normal_distribution<double> effect(0, spec.between);
    Launch made;
    made.id = fmt::format("20261122T{:06}Z-{:08x}", number % 1000000, random());
    made.environment = {{"program", spec.app},
                        {"version", std::string("0.1.0")},
                        {"commit", spec.commit},
                        {"command_line", "mpirun -np 4 ./" + spec.app},
                        {"environment", "OMP_NUM_THREADS=2\nPART=" + spec.commit},
                        {"hosts", spec.host + ":" + std::to_string(spec.ranks)},
                        {"cpu_model", spec.cpu_model},
                        {"clock_resolution_seconds", 2e-8},
                        {"seed", number},
                        {"load_before", 0.01 * static_cast<double>(number)},
                        {"start_time", start_of(spec, number)}};
    // As many as a real launch has.
    while (made.environment.size() < 42) {
        made.environment.emplace_back(fmt::format("fact_{}", made.environment.size()),
                                      std::string("as it was on every launch of this machine"));
    }
    for (int rank = 0; rank < spec.ranks; ++rank) {
        made.placement.push_back({rank, spec.host, 4000 + rank, "0-3,8", 2, "0-1;2-3"});
    }
    made.doubts = {{"said", -1, "what a newer version may have to say", 0}};
    for (std::int64_t i = 0; i < spec.cases; ++i) {
        const double factor = i < spec.slow_cases ? spec.slower : 1;
        const double seconds = spec.base * static_cast<double>(1 + i) * factor * std::exp(effect(random));
        made.records.push_back(make_record(spec, i, seconds, random));
    }
    return made;
}

int make(int argc, char** argv) {
    Spec spec;
    constexpr double most = 1e9;
    Arguments arguments("make_launches", "Writes launches with a known truth.");
    arguments.add_text("FILE", spec.file, "to write").required();
    arguments.add_text("--app", spec.app, "their app");
    arguments.add_text("--commit", spec.commit, "of their program");
    arguments.add_text("--wrong", spec.wrong, "variant whose answers are wrong");
    arguments.add_text("--host", spec.host, "they ran on");
    arguments.add_text("--cpu-model", spec.cpu_model, "of that host");
    arguments.add_count("--launches", spec.launches, "in the file");
    arguments.add_count("--cases", spec.cases, "of each");
    arguments.add_count("--repeats", spec.repeats, "of a case");
    arguments.add_count("--ranks", spec.ranks, "of each");
    arguments.add_count("--start", spec.start, "second of November 2026 in which the first one starts");
    arguments.add_count("--every", spec.every, "seconds from one start to the next");
    arguments.add_whole("--seed", spec.seed, "of the times");
    arguments.add_number("--base", spec.base, most, "seconds of the first case");
    arguments.add_number("--slower", spec.slower, most, "factor on them");
    arguments.add_count("--slow-cases", spec.slow_cases, "only the first that many are slower");
    arguments.add_number("--between", spec.between, most, "deviation of launches, of the logarithm");
    arguments.add_number("--within", spec.within, most, "deviation of repeats, of the logarithm");
    arguments.add_count("--elements", spec.elements, "of the problem");
    if (const auto text = arguments.read(argc, argv)) {
        fmt::print("{}", *text);
        return 0;
    }
    std::mt19937 random(static_cast<std::mt19937::result_type>(spec.seed));
    std::vector<Launch> launches;
    for (std::int64_t i = 0; i < spec.launches; ++i) launches.push_back(make_launch(spec, i, random));
    DumpFile(spec.file, true, "make_launches", 1).write(launches);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return make(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
