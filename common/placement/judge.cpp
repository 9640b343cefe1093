#include "common/placement/judge.hpp"
#include "common/base/range_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace pacer {

namespace {

struct BusyThread {
    const RankPlacement* rank = nullptr;
    int thread = 0;
    std::vector<int> cores;  // where it may run
};

// Threads that have fewer cores between them than they are, whichever way the kernel places them.
struct Crowd {
    std::vector<BusyThread> threads;
    std::vector<int> cores;
};

// Gives every thread a core of its own, by augmenting paths (Kuhn). Where that fails, the threads tried on
// the way are a crowd (Hall's theorem): all their cores are taken by themselves. Threads that may run nowhere
// are not known.
class Seating {
  public:
    explicit Seating(const std::vector<BusyThread>& threads) : threads_(threads) {}

    std::optional<Crowd> crowd() {
        for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
            if (threads_[thread].cores.empty()) continue;
            tried_.clear();
            if (!seat(thread)) return crowd_around(thread);
        }
        return std::nullopt;
    }

  private:
    bool seat(std::size_t thread) {
        for (const int core : threads_[thread].cores) {
            if (owner_.try_emplace(core, thread).second) return true;
        }
        for (const int core : threads_[thread].cores) {
            if (!tried_.try_emplace(core, true).second) continue;
            if (seat(owner_[core])) {
                owner_[core] = thread;
                return true;
            }
        }
        return false;
    }

    Crowd crowd_around(std::size_t last) const {
        Crowd crowd;
        std::vector<std::size_t> members{last};
        for (const auto& [core, unused] : tried_) {
            crowd.cores.push_back(core);
            members.push_back(owner_.at(core));
        }
        std::sort(members.begin(), members.end());
        for (const auto member : members) crowd.threads.push_back(threads_[member]);
        return crowd;
    }

    const std::vector<BusyThread>& threads_;
    std::map<int, std::size_t> owner_;  // thread by core
    std::map<int, bool> tried_;         // cores
};

std::vector<BusyThread> busy_threads(const HostPlacement& host, Uses uses) {
    std::vector<BusyThread> busy;
    for (const auto* rank : host.ranks) {
        if (!uses_ranks(uses) && rank->rank != 0) continue;
        const auto& threads = uses == Uses::threads ? rank->process_threads : rank->hybrid_threads;
        const std::size_t count =
            uses_threads(uses) ? threads.size() : std::min<std::size_t>(1, threads.size());
        for (std::size_t thread = 0; thread < count; ++thread) {
            busy.push_back({rank, static_cast<int>(thread), threads[thread]});
        }
    }
    return busy;
}

std::vector<int> ranks_among(const std::vector<BusyThread>& threads) {
    std::vector<int> ranks;
    for (const auto& thread : threads) {
        if (ranks.empty() || ranks.back() != thread.rank->rank) ranks.push_back(thread.rank->rank);
    }
    return ranks;
}

struct Fault {
    Doubt doubt;
    bool pinned = false;  // OpenMP's own binding is the reason
};

std::optional<Fault> too_many(const HostPlacement& host, Uses uses, const std::vector<BusyThread>& busy) {
    const int threads = static_cast<int>(busy.size());
    if (threads <= host.usable) return std::nullopt;
    const int ranks = uses_ranks(uses) ? static_cast<int>(host.ranks.size()) : 1;
    const int each = threads / ranks;
    const auto who = ranks == 1 ? count_of(threads, "thread")
                     : each == 1
                         ? count_of(ranks, "rank")
                         : fmt::format("{} with {} each", count_of(ranks, "rank"), count_of(each, "thread"));
    auto subject = fmt::format("{} on {}", who, host.name);
    if (host.usable == host.cores) return Fault{{"oversubscribed", -1, std::move(subject), 1.0 * host.cores}};
    return Fault{{"over_quota", -1, std::move(subject), host.quota}};
}

// A rank whose threads have too few cores because the launcher bound it to them.
std::optional<Fault> bound_too_tightly(const HostPlacement& host, Uses uses, bool threads_given) {
    std::vector<int> ranks;
    int cores = 0, threads = 0;
    for (const auto* rank : host.ranks) {
        if (rank->cores.empty() || (uses == Uses::threads && rank->rank != 0)) continue;
        const auto& its = uses == Uses::threads ? rank->process_threads : rank->hybrid_threads;
        const bool one_core =
            uses == Uses::both && !threads_given && rank->cores.size() == 1 && host.usable > 1;
        if (its.size() <= rank->cores.size() && !one_core) continue;
        if (ranks.empty()) {
            cores = static_cast<int>(rank->cores.size());
            threads = static_cast<int>(its.size());
        }
        ranks.push_back(rank->rank);
    }
    if (ranks.empty()) return std::nullopt;
    auto subject = fmt::format("{} on {}", named("Rank", ranks), host.name);
    if (threads == 1) return Fault{{"bound_to_one_core", -1, std::move(subject), 1.0}};
    return Fault{{"bound_to_few_cores", -1, std::move(subject), 1.0 * cores}};
}

std::optional<Fault> crowded(const HostPlacement& host, Uses uses, std::vector<BusyThread> busy) {
    const auto crowd = Seating(busy).crowd();
    if (!crowd) return std::nullopt;
    // Would it be gone if every thread could use its whole rank's cores?
    for (auto& thread : busy) thread.cores = thread.rank->cores;
    const bool pinned = !Seating(busy).crowd();
    std::vector<int> threads;
    for (const auto& thread : crowd->threads) threads.push_back(thread.thread);
    const auto ranks = ranks_among(crowd->threads);
    const auto who = uses_ranks(uses) && busy.size() == host.ranks.size() ? named("Rank", ranks)
                     : ranks.size() == 1
                         ? fmt::format("{} of rank {}", named("Thread", threads), ranks.front())
                         : fmt::format("{} threads of {}", crowd->threads.size(), named("rank", ranks));
    return Fault{{pinned ? "crowded_by_openmp" : "crowded", -1, fmt::format("{} on {}", who, host.name),
                  static_cast<double>(crowd->cores.size())},
                 pinned};
}

std::optional<Fault> idle_cores(const HostPlacement& host, Uses uses, const std::vector<BusyThread>& busy,
                                int threads_possible) {
    if (uses == Uses::threads) {
        const auto& root = *busy.front().rank;
        const int reached = static_cast<int>(root.cores.size());
        if (reached == 0 || reached >= host.usable) return std::nullopt;
        return Fault{
            {"idle_cores", -1,
             fmt::format("Rank {} on {} with {}", root.rank, host.name, count_of(host.cores, "core")),
             1.0 * reached}};
    }
    std::vector<int> reached;
    for (const auto& thread : busy) {
        if (thread.cores.empty()) return std::nullopt;
        reached.insert(reached.end(), thread.cores.begin(), thread.cores.end());
    }
    std::sort(reached.begin(), reached.end());
    reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    // What a division by the ranks, or a smaller host, leaves over is nobody's fault.
    const auto wanted = host.ranks.size() * static_cast<std::size_t>(threads_possible);
    if (reached.size() >= wanted) return std::nullopt;
    return Fault{{"idle_cores_hybrid", -1, fmt::format("{} with {}", host.name, count_of(host.cores, "core")),
                  static_cast<double>(reached.size())}};
}

std::optional<Fault> judge_host(const HostPlacement& host, Uses uses, const LaunchCommand& command,
                                int threads_possible) {
    const auto busy = busy_threads(host, uses);
    if (busy.empty()) return std::nullopt;
    if (auto fault = too_many(host, uses, busy)) return fault;
    if (uses_threads(uses)) {
        if (auto fault = bound_too_tightly(host, uses, command.threads_given)) return fault;
    }
    if (auto fault = crowded(host, uses, busy)) return fault;
    if (uses_threads(uses) && !command.threads_given) return idle_cores(host, uses, busy, threads_possible);
    return std::nullopt;
}

// Threads that every rank of a hybrid variant could have, as on the fullest host.
int threads_possible(const std::vector<HostPlacement>& hosts) {
    int possible = hosts.front().usable;
    for (const auto& host : hosts)
        possible = std::min(possible, host.usable / static_cast<int>(host.ranks.size()));
    return std::max(1, possible);
}

}  // namespace

std::vector<HostPlacement> hosts_of(const std::vector<RankPlacement>& ranks) {
    std::vector<HostPlacement> hosts;
    std::map<std::string_view, std::size_t> index;
    for (const auto& rank : ranks) {
        const auto [known, is_new] = index.try_emplace(rank.host, hosts.size());
        if (is_new) hosts.push_back({rank.host, {}, 1, 1, 0, 1});
        auto& host = hosts[known->second];
        host.ranks.push_back(&rank);
        host.cores = std::max(host.cores, rank.host_cores);
        host.cpus = std::max(host.cpus, rank.host_cpus);
        if (rank.host_quota > 0)
            host.quota = host.quota > 0 ? std::min(host.quota, rank.host_quota) : rank.host_quota;
        host.usable = host.cores;
        if (host.quota > 0 && std::ceil(host.quota) < host.cores)
            host.usable = static_cast<int>(std::ceil(host.quota));
    }
    return hosts;
}

bool requested(const std::vector<Uses>& uses, Uses kind) {
    return std::find(uses.begin(), uses.end(), kind) != uses.end();
}

int hybrid_threads(const HostPlacement& host) {
    std::size_t threads = 1;
    for (const auto* rank : host.ranks) threads = std::max(threads, rank->hybrid_threads.size());
    return static_cast<int>(threads);
}

std::string count_of(int number, std::string_view thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string named(std::string_view thing, const std::vector<int>& numbers) {
    return fmt::format("{}{} {}", thing, numbers.size() == 1 ? "" : "s", range_list(numbers));
}

PlacementReport judge_placement(const std::vector<RankPlacement>& ranks, const std::vector<Uses>& uses,
                                const LaunchCommand& command) {
    PlacementReport report;
    const auto hosts = hosts_of(ranks);
    if (hosts.empty()) return report;
    bool pinned = false;
    for (const auto kind : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        if (!requested(uses, kind)) continue;
        std::vector<Doubt> faults;  // of this kind, one a host at most
        for (const auto& host : hosts) {
            if (auto fault = judge_host(host, kind, command, threads_possible(hosts))) {
                faults.push_back(std::move(fault->doubt));
                pinned = pinned || fault->pinned;
            }
        }
        if (faults.empty()) continue;
        auto& first = faults.front();
        if (faults.size() > 1)
            first.subject +=
                fmt::format(" and on {}", count_of(static_cast<int>(faults.size()) - 1, "more host"));
        if (std::find(report.faults.begin(), report.faults.end(), first) == report.faults.end())
            report.faults.push_back(std::move(first));
    }
    report.picture = draw_placement(hosts, uses);
    if (!report.faults.empty()) report.better_command = better_command(hosts, uses, command, pinned);
    return report;
}

}  // namespace pacer
