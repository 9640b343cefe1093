// What this machine can do at best with the very placement of this launch, measured by short probes.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/machine/work.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"

namespace pacer {

// Peak rates of all the cores that a kind of variant occupies together; 0: not measured.
struct Rates {
    double bytes_per_second = 0;       // read from where data of the problem's size lies: cache or memory
    double operations_per_second = 0;  // of the kind the work consists of
};

// A thread's share of a probe, by one of the ways to do it, which take turns; returns how much it did.
using ProbePiece = std::function<double(int thread, std::size_t way)>;

// Best rate that the occupying threads reach together, over several tries of each way in at least 0.15 s: a
// limit is what can be reached. `prepare` is called on every thread before each try, outside the clock, with
// the same arguments. On every rank. Called by every rank if `together`, else by rank 0 alone.
double best_rate(
    const Team& world, bool together, int threads, std::size_t ways, const ProbePiece& piece,
    const std::function<void(int, std::size_t)>& prepare = [](int, std::size_t) {});

// Whatever fewer cores reach, more of them can: raises the rates of kinds of use to those of their parts,
// which corrects probes that others disturbed. `rate_of` is called for kinds that are in `kinds` only.
void raise_to_parts(const std::vector<Uses>& kinds, const Threads& threads,
                    const std::function<double&(Uses)>& rate_of);

// Probes the rates that `work` needs, for each kind of use, in at most 0.2 s a probe. The result is valid on
// rank 0. Collective; the ranks that a kind does not occupy sleep.
std::map<Uses, Rates> measure_rates(const Team& world, const Threads& threads, const Work& work,
                                    const std::vector<Uses>& uses);

// max(bytes / bandwidth, operations / throughput), and in words what it follows from. `occupation` names who
// works: "1 core", "4 ranks x 2 threads".
Limit limit_of(const Work& work, const Rates& rates, const std::string& occupation);

// "1 core", "2 threads", "4 ranks", "4 ranks x 2 threads"
std::string occupation(Uses uses, int ranks, int threads);

}  // namespace pacer
