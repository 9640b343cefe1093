// What Pacer itself costs: a repeat of the timed loop, a hit of the profile, a dump.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <vector>

#include "common/base/clock.hpp"
#include "common/launch/launch.hpp"
#include "common/measure/profile.hpp"
#include "common/measure/run.hpp"
#include "common/measure/statistics.hpp"
#include "io/dump/dump.hpp"

namespace {

using namespace pacer;

struct Nothing {};

// Long enough that no batch is made of it.
double spin(const Nothing&, const Team&) {
    const double end = now_seconds() + 60e-6;
    while (now_seconds() < end) {
    }
    return 1;
}

Judgement judge(const Nothing&, double& answer, const Team&) {
    const auto number = Number::of_real(answer);
    return {.check = {number, Number::of_real(1)}, .own = Part{1, number}};
}

// Seconds that the loop spends on a repeat besides the variant itself, the two clock readings and the
// barriers.
double repeat_overhead(const Team& world, std::vector<Record>& records) {
    const Nothing nothing;
    const Group<Nothing, double> group = {"nothing", "spin", {{"spin", "", spin, Uses::core}}};
    const Experiment<Nothing, double> experiment{.work = {.items = 1}, .judge = judge};
    const RunOptions options{.repeats = 20000};
    const Threads threads;
    const auto tasks = tasks_of(nothing, group, experiment, world, threads);
    const double start = now_seconds();
    records = run_tasks(tasks, world, threads, options).records;
    const double elapsed = now_seconds() - start;
    const double inside = std::accumulate(records[0].seconds.begin(), records[0].seconds.end(), 0.0);
    return (elapsed - inside) / static_cast<double>(records[0].repeats());
}

double barrier_seconds(const Team& world) {
    constexpr int barriers = 20000;
    const double start = now_seconds();
    for (int i = 0; i < barriers; ++i) MPI_Barrier(world.comm);
    return (now_seconds() - start) / barriers;
}

// Median of writing a dump of `cases` cases of 4 ranks and 20 repeats.
double dump_seconds(Record record, int cases) {
    record.ranks = 4;
    record.round.resize(20);
    record.seconds.resize(80);
    Launch launch;
    launch.id = "20260101T000000Z-00000000";
    for (int rank = 0; rank < 4; ++rank) launch.placement.push_back({rank, "host", 1, "0-3", 1, "0"});
    launch.records.assign(static_cast<std::size_t>(cases), record);
    const auto path =
        (std::filesystem::temp_directory_path() / fmt::format("pacer-harness-{}.h5", getpid())).string();
    std::vector<double> seconds;
    for (int i = 0; i < 20; ++i) {
        const double start = now_seconds();
        DumpFile(path, true, "harness", 4).write(launch);
        seconds.push_back(now_seconds() - start);
    }
    std::filesystem::remove(path);
    return median(seconds);
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("harness", argc, argv, [](const Team& world) {
        std::vector<Record> records;
        const double repeat = repeat_overhead(world, records), barrier = barrier_seconds(world);
        const auto clock = measure_clock();
        if (!world.root()) return ExitStatus::right;
        fmt::print("a repeat beyond clock and barrier  {:8.3f} us\n",
                   1e6 * (repeat - clock.overhead_seconds - barrier));
        fmt::print("a hit of the profile               {:8.3f} us\n", 1e-3 * profile::cost_per_hit_ns());
        fmt::print("a dump of 7 cases on 4 ranks       {:8.3f} ms\n", 1e3 * dump_seconds(records[0], 7));
        return ExitStatus::right;
    });
}
