// What this machine can do at best with the placement of this launch, measured by short probes.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/machine/probes.hpp"
#include "common/machine/work.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"

namespace pacer {

// Who runs a probe at the same time: this many threads of rank 0, or of every rank.
struct Crew {
    bool together = false;    // all ranks
    int threads = 1;          // of each
    bool root_rests = false;  // together without rank 0, which sleeps
    auto operator<=>(const Crew&) const = default;
};

// Kinds of use that occupy the same cores share a crew.
Crew crew_of(const Team& world, const Threads& threads, Uses uses);

// A loop to be probed: one of the table, or an app's own.
struct ProbeLoop {
    std::size_t shapes = 1;  // ways to do it, tried in turns
    std::function<double(int thread, std::size_t shape)> run =
        nullptr;  // a thread's share; returns how much it did
    // Runs on every thread before each try, outside the clock, with the same arguments; may be empty.
    std::function<void(int thread, std::size_t shape)> prepare = nullptr;
    double seconds = 0.15;  // at least, and at least two tries of each shape
};

// A probe of the table over what each thread works on, which is asked for anew in each try.
ProbeLoop loop_of(const Probe& probe, std::function<Stretch(int thread)> stretch_of);

// The best rate that the crew reaches together: a limit is what can be reached. 0: the clock cannot tell. On
// every rank of the crew. Called by every rank if `together`, else by rank 0 alone.
double best_rate(const Team& world, const Crew& crew, const ProbeLoop& loop);

// The rates of these kinds of use, of which each crew is measured once, on all of its ranks. Valid on rank 0.
// Collective; the ranks that a kind does not occupy sleep.
std::map<Uses, double> rates_of(const Team& world, const Threads& threads, const std::vector<Uses>& kinds,
                                const std::function<double(Uses, const Crew&)>& measure);

// What fewer cores reach, more cores can: raises the rates of kinds of use to those of their parts, which
// corrects probes that others disturbed.
void raise_to_parts(std::map<Uses, double>& rates, const Threads& threads);

// The rates of a probe of the table on data of so many bytes in all, 0 for one that computes: from cache or
// from memory, as with a problem of that size. What this process has measured once it does not measure again.
// Valid on rank 0. Collective.
std::map<Uses, double> probed_rates(const Team& world, const Threads& threads, const Probe& probe,
                                    std::int64_t bytes, const std::vector<Uses>& kinds);

// Keeps what the crew reached, which is one of the launch's limits from then on, and returns it. Nothing is
// kept of a rate that is 0, as the clock could not tell it, nor by other ranks than 0. `bytes` as in
// MeasuredRate.
double keep_rate(const Team& world, const Crew& crew, std::string_view probe, std::string_view unit,
                 std::int64_t bytes, double rate);

// What was kept, in the order measured.
const std::vector<MeasuredRate>& kept_rates();

// Which of them the rate of that probe is; -1 if it is none.
int kept_rate(std::string_view probe, double rate);

// "130.5 Gadd/s of int64 by 1 core". A probe need not be one of the table.
std::string words_of(const MeasuredRate& rate, const std::string& occupation);

// Peak rates of all the cores that a kind of variant occupies together; 0: not measured.
struct Rates {
    double bytes_per_second = 0;       // read from where data of the problem's size lies: cache or memory
    double operations_per_second = 0;  // of the kind the work consists of
};

// The rates that `work` needs, for each kind of use. Valid on rank 0. Collective.
std::map<Uses, Rates> measure_rates(const Team& world, const Threads& threads, const Work& work,
                                    const std::vector<Uses>& uses);

// `amount` at that rate, and in words what it follows from; none if either is 0. `occupation` names who
// works: "1 core", "4 ranks x 2 threads".
Limit limit_by(const Probe& probe, double amount, double rate, const std::string& occupation);

// The limit that takes longer; the first, if both take the same.
Limit longer(Limit a, Limit b);

// max(bytes / bandwidth, operations / throughput)
Limit limit_of(const Work& work, const Rates& rates, const std::string& occupation);

// "1 core", "2 threads", "4 ranks", "4 ranks x 2 threads"
std::string occupation(Uses uses, int ranks, int threads);

}  // namespace pacer
