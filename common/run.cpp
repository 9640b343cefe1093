#include "common/run.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "common/profile.hpp"
#include "common/progress.hpp"
#include "common/timing.hpp"

namespace pacer {

namespace {

constexpr std::int64_t block = 5;            // repeats between two decisions about a variant
constexpr std::int64_t fewest_repeats = 10;  // unless the time is used up
constexpr double wanted_half_width = 0.02;   // of the interval of the median, relative to it
constexpr double long_work_seconds = 0.01;   // for which the first execution is warm-up enough
constexpr int most_warm_up_blocks = 10;
constexpr double warm_up_agreement = 0.05;
constexpr double plan_seconds = 0.25;             // between two looks at the clock and at signals
constexpr double shortest_in_resolutions = 1000;  // a shorter repeat is batched
constexpr std::int64_t largest_batch = 1000000;

// What all ranks do next, decided by rank 0: so many rounds of the variants whose batch is not 0.
struct Plan {
    std::int64_t rounds = 0;  // 0: the run is over
    std::int64_t first_round = 0;
    std::vector<std::int64_t> batch;  // executions a repeat of each task
};

// One repeat of a task.
struct Sample {
    std::size_t task = 0;
    std::int64_t round = 0;
    double start = 0, end = 0;    // this rank's clock
    std::vector<double> seconds;  // an execution, on every rank of the case; on rank 0, once collected
};

// The order of the tasks in a round: a Fisher-Yates shuffle, the same on every rank.
std::vector<std::size_t> order_of_round(std::size_t tasks, std::uint64_t seed, std::int64_t round) {
    std::vector<std::size_t> order(tasks);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(round));
    for (std::size_t i = tasks; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    return order;
}

class Runner {
  public:
    Runner(std::vector<Task> tasks, const Team& world, const Threads& threads, const RunOptions& options)
        : tasks_(std::move(tasks)),
          world_(world),
          threads_(threads),
          options_(options),
          batch_(tasks_.size(), 1),
          dropped_(tasks_.size(), false),
          spent_seconds_(tasks_.size(), 0),
          next_decision_(tasks_.size(), fewest_repeats),
          last_check_(tasks_.size()),
          shortest_repeat_seconds_(shortest_in_resolutions * measure_clock().resolution_seconds) {}

    std::vector<Record> run() {
        if (world_.root()) {
            direct();
            send({0, 0, std::vector<std::int64_t>(tasks_.size(), 0)});
        } else {
            follow();
        }
        std::vector<Record> records;
        for (auto& task : tasks_) records.push_back(std::move(task.record));
        return records;
    }

  private:
    // --- rank 0 decides ---

    void direct() {
        for (std::size_t i = 0; i < tasks_.size(); ++i) run_first(i);
        for (std::size_t i = 0; i < tasks_.size(); ++i) warm_up(i);
        for (std::int64_t round = 0; !stopped_;) {
            const auto rounds = rounds_to_run(round);
            if (rounds == 0) break;
            for (const auto& sample : execute_everywhere(rounds, round, active_batches())) keep(sample);
            round += rounds;
        }
    }

    void run_first(std::size_t i) {
        auto& record = tasks_[i].record;
        if (!record.not_run.empty()) return;
        if (stopped_ || (options_.max_seconds > 0 && seconds_since_launch() > options_.max_seconds)) {
            record.not_run = stopped_ ? "stopped by a signal before" : "the time budget had ended before";
            return;
        }
        const auto samples = execute_everywhere(1, 0, only(i, 1));
        record.first_seconds = slowest(samples.front());
    }

    void warm_up(std::size_t i) {
        auto& record = tasks_[i].record;
        double typical = record.first_seconds;
        if (!runs(i) || typical >= long_work_seconds) return;
        const double end = seconds_since_launch() + 0.02 * remaining_seconds();
        double before = 0;
        for (int n = 0; n < most_warm_up_blocks && !stopped_ && seconds_since_launch() < end; ++n) {
            std::vector<double> seconds;
            for (const auto& sample : execute_everywhere(block, 0, only(i, batch_[i]))) {
                seconds.push_back(slowest(sample));
            }
            typical = median(seconds);
            const double wanted = std::ceil(shortest_repeat_seconds_ / std::max(typical, 1e-12));
            const auto batch = static_cast<std::int64_t>(std::clamp(wanted, 1.0, double{largest_batch}));
            const bool same_batch = batch <= 2 * batch_[i] && batch_[i] <= 2 * batch;
            if (!same_batch) batch_[i] = batch;
            if (same_batch && std::abs(typical - before) <= warm_up_agreement * typical) break;
            before = typical;
        }
        record.batch = batch_[i];
    }

    bool runs(std::size_t i) const { return tasks_[i].record.not_run.empty(); }

    bool active(std::size_t i) const {
        const auto& record = tasks_[i].record;
        if (!runs(i) || dropped_[i]) return false;
        if (options_.repeats > 0) return static_cast<std::int64_t>(record.repeats()) < options_.repeats;
        return !record.converged;
    }

    std::vector<std::int64_t> active_batches() const {
        std::vector<std::int64_t> batches(tasks_.size(), 0);
        for (std::size_t i = 0; i < tasks_.size(); ++i) batches[i] = active(i) ? batch_[i] : 0;
        return batches;
    }

    std::vector<std::int64_t> only(std::size_t i, std::int64_t batch) const {
        std::vector<std::int64_t> batches(tasks_.size(), 0);
        batches[i] = batch;
        return batches;
    }

    // Expected time of one repeat of the task.
    double cost(std::size_t i) const {
        const auto& record = tasks_[i].record;
        const double one = record.repeats() == 0 ? record.first_seconds
                                                 : spent_seconds_[i] / static_cast<double>(record.repeats());
        return one * static_cast<double>(batch_[i]);
    }

    double remaining_seconds() const {
        constexpr double forever = 1e9;
        return options_.max_seconds > 0 ? std::max(0.0, options_.max_seconds - seconds_since_launch())
                                        : forever;
    }

    // How many rounds of the active tasks to run before looking again. When not even one fits the time that
    // is left, the most expensive task is dropped and the others go on; the first round is always run.
    std::int64_t rounds_to_run(std::int64_t round) {
        for (;;) {
            double round_cost = 0;
            std::size_t dearest = tasks_.size();
            for (std::size_t i = 0; i < tasks_.size(); ++i) {
                if (!active(i)) continue;
                round_cost += cost(i);
                if (dearest == tasks_.size() || cost(i) > cost(dearest)) dearest = i;
            }
            if (dearest == tasks_.size()) return 0;
            if (round == 0 || round_cost <= remaining_seconds()) {
                auto most = block - round % block;
                if (options_.repeats > 0) most = std::min(most, options_.repeats - round);
                const double fitting =
                    std::min(plan_seconds, remaining_seconds()) / std::max(round_cost, 1e-9);
                return std::clamp(static_cast<std::int64_t>(std::min(fitting, 1e6)), std::int64_t{1}, most);
            }
            dropped_[dearest] = true;
        }
    }

    void keep(const Sample& sample) {
        const auto i = sample.task;
        auto& record = tasks_[i].record;
        record.seconds.insert(record.seconds.end(), sample.seconds.begin(), sample.seconds.end());
        record.round.push_back(static_cast<std::int32_t>(sample.round));
        spent_seconds_[i] += slowest(sample);
        const auto count = static_cast<std::int64_t>(record.repeats());
        if (count < next_decision_[i]) return;
        // After many repeats less often: sorting all of them every 5 repeats would take longer than short
        // work.
        next_decision_[i] = count + std::max(block, count / 10 / block * block);
        const auto seconds = record.repeat_seconds();
        const auto interval = median_interval(seconds);
        record.converged =
            interval && interval->high - interval->low <= 2 * wanted_half_width * median(seconds);
    }

    static double slowest(const Sample& sample) {
        return *std::max_element(sample.seconds.begin(), sample.seconds.end());
    }

    // --- all ranks act ---

    void send(Plan plan) {
        std::vector<std::int64_t> message = {plan.rounds, plan.first_round};
        message.insert(message.end(), plan.batch.begin(), plan.batch.end());
        MPI_Bcast(message.data(), mpi_count(message.size()), MPI_INT64_T, 0, world_.comm);
    }

    void follow() {
        for (;;) {
            std::vector<std::int64_t> message(2 + tasks_.size());
            MPI_Bcast(message.data(), mpi_count(message.size()), MPI_INT64_T, 0, world_.comm);
            const Plan plan{message[0], message[1], {message.begin() + 2, message.end()}};
            if (plan.rounds == 0) return;
            collect(plan, execute(plan));
        }
    }

    // Rank 0: has the plan executed; the samples with the seconds of every rank of their case, in the order
    // run.
    std::vector<Sample> execute_everywhere(std::int64_t rounds, std::int64_t first_round,
                                           std::vector<std::int64_t> batch) {
        const Plan plan{rounds, first_round, std::move(batch)};
        send(plan);
        return collect(plan, execute(plan));
    }

    std::vector<Sample> execute(const Plan& plan) {
        std::vector<Sample> samples;
        bool others_asleep = false;
        for (std::int64_t round = plan.first_round; round < plan.first_round + plan.rounds; ++round) {
            for (const auto i : order_of_round(tasks_.size(), options_.seed, round)) {
                if (plan.batch[i] == 0) continue;
                const bool together = uses_ranks(tasks_[i].record.uses);
                if (others_asleep && together) sleeping_barrier(world_);
                if (!others_asleep) MPI_Barrier(world_.comm);
                others_asleep = !together;
                if (!together && !world_.root()) continue;
                auto& sample = samples.emplace_back(Sample{i, round, 0, 0, {}});
                execute_task(sample, plan.batch[i]);
            }
        }
        if (others_asleep) sleeping_barrier(world_);
        return samples;
    }

    // One repeat on this rank.
    void execute_task(Sample& sample, std::int64_t batch) {
        auto& task = tasks_[sample.task];
        const auto team = team_of(task.record.uses);
        set_activity(task.activity);
        if (options_.progress && world_.root()) show_progress(task.record.variant, task.record.repeats() + 1);
        wake_threads(team.threads);
        if (team.size > 1) MPI_Barrier(team.comm);
        sample.start = now_seconds();
        task.execute(team, batch);
        sample.end = now_seconds();
        if (world_.root()) last_check_[sample.task] = task.check(task.record.verdict);
        if (profile::enabled) profile::book(task.record.variant, sample.end - sample.start, team.threads);
        set_activity("between two repeats");
    }

    Team team_of(Uses uses) const {
        const int threads = threads_for(threads_, uses);
        if (!uses_ranks(uses)) return team_of_one(threads);
        Team team = world_;
        team.threads = threads;
        return team;
    }

    // Makes the OpenMP threads before the clock starts: their creation is no part of any variant.
    void wake_threads(int threads) const {
        omp_set_num_threads(threads);
        if (threads == 1) return;
        int present = 0;
#pragma omp parallel num_threads(threads) reduction(+ : present)
        ++present;
        if (present != threads)
            throw std::runtime_error(fmt::format("OpenMP gave {} of {} threads", present, threads));
    }

    // Brings the seconds of all ranks, their parts of the last answers and their signals to rank 0.
    std::vector<Sample> collect(const Plan& plan, std::vector<Sample> samples) {
        const auto together = [&](const Sample& sample) {
            return uses_ranks(tasks_[sample.task].record.uses);
        };
        std::vector<double> starts, ends;
        for (const auto& sample : samples) {
            if (!together(sample)) continue;
            starts.push_back(sample.start);
            ends.push_back(sample.end);
        }
        auto mine = seconds_since_first_start(world_, starts, ends);
        mine.push_back(stop_requested() ? 1.0 : 0.0);
        const auto width = mine.size();
        std::vector<double> all(world_.root() ? width * static_cast<std::size_t>(world_.size) : 0);
        MPI_Gather(mine.data(), mpi_count(width), MPI_DOUBLE, all.data(), mpi_count(width), MPI_DOUBLE, 0,
                   world_.comm);
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (plan.batch[i] > 0 && tasks_[i].part) collect_shares(i);
        }
        if (!world_.root()) return {};

        std::size_t column = 0;
        for (auto& sample : samples) {
            if (together(sample)) {
                for (std::size_t at = column; at < all.size(); at += width) sample.seconds.push_back(all[at]);
                ++column;
            } else {
                sample.seconds = {sample.end - sample.start};
            }
            for (auto& seconds : sample.seconds) seconds /= static_cast<double>(plan.batch[sample.task]);
        }
        for (std::size_t at = column; at < all.size(); at += width) stopped_ = stopped_ || all[at] != 0;
        return samples;
    }

    void collect_shares(std::size_t i) {
        auto& record = tasks_[i].record;
        std::vector<Part> parts(static_cast<std::size_t>(record.ranks));
        if (!uses_ranks(record.uses)) {
            if (!world_.root()) return;
            parts[0] = tasks_[i].part();
        } else {
            const Part mine = tasks_[i].part();
            MPI_Gather(&mine, sizeof mine, MPI_BYTE, parts.data(), sizeof mine, MPI_BYTE, 0, world_.comm);
            if (!world_.root()) return;
        }
        record.shares.clear();
        Part sum = {0, {0, 0, parts[0].partial.is_real}};
        for (std::size_t rank = 0; rank < parts.size(); ++rank) {
            record.shares.push_back(
                {static_cast<int>(rank), record.threads, parts[rank].items, to_string(parts[rank].partial)});
            sum.items += parts[rank].items;
            sum.partial = sum.partial + parts[rank].partial;
        }
        check_shares(record, sum, last_check_[i]);
    }

    // The shares must add up to the whole, or the answer is right by luck.
    static void check_shares(Record& record, const Part& sum, const Check& answer) {
        const Check items{Number::of_whole(sum.items), Number::of_whole(record.work.items)};
        const Check partials{sum.partial, answer.got, answer.tolerance};
        for (const auto& check : {items, partials}) {
            if (!check.passed()) record.verdict.add(check);
        }
    }

    void show_progress(std::string_view variant, std::size_t repeat) const {
        progress::show(fmt::format("{}, repeat {}{}", variant, repeat,
                                   options_.max_seconds > 0
                                       ? fmt::format(", at most {:.0f} s left", remaining_seconds())
                                       : std::string()));
    }

    std::vector<Task> tasks_;
    const Team& world_;
    const Threads& threads_;
    const RunOptions& options_;
    std::vector<std::int64_t> batch_;          // executions a repeat; rank 0
    std::vector<bool> dropped_;                // too expensive for the time left; rank 0
    std::vector<double> spent_seconds_;        // in timed repeats, slowest ranks; rank 0
    std::vector<std::int64_t> next_decision_;  // repeats at which to look at the interval again; rank 0
    std::vector<Check> last_check_;            // of the latest answer; rank 0
    double shortest_repeat_seconds_;
    bool stopped_ = false;  // a signal asked some rank to stop; rank 0
};

}  // namespace

int threads_for(const Threads& threads, Uses uses) {
    switch (uses) {
        case Uses::threads:
            return threads.process;
        case Uses::both:
            return threads.hybrid;
        case Uses::core:
        case Uses::ranks:
            break;
    }
    return 1;
}

std::vector<Record> run_tasks(std::vector<Task> tasks, const Team& world, const Threads& threads,
                              const RunOptions& options) {
    return Runner(std::move(tasks), world, threads, options).run();
}

}  // namespace pacer
