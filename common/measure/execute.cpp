#include "common/measure/execute.hpp"
#include "common/parallel/ending.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "common/base/clock.hpp"
#include "common/measure/busy_cores.hpp"
#include "common/measure/profile.hpp"
#include "common/measure/progress.hpp"

namespace pacer {

namespace {

// Makes the OpenMP threads before the clock starts: their creation is no part of any variant.
void wake_threads(int threads) {
    omp_set_num_threads(threads);
    if (threads == 1) return;
    int present = 0;
#pragma omp parallel num_threads(threads) reduction(+ : present)
    ++present;
    if (present != threads) {
        throw std::runtime_error(fmt::format("OpenMP gave {} of {} threads", present, threads));
    }
}

// The shares must add up to the whole; otherwise the answer was right by luck.
void check_shares(Record& record, const Part& sum, const Check& answer) {
    const Check items{Number::of_whole(sum.items), Number::of_whole(record.work.items)};
    const Check partials{sum.partial, answer.got, answer.tolerance};
    for (const auto& check : {items, partials}) {
        if (!check.passed()) record.verdict.add(check);
    }
}

// Calls that took longer than the executions in which they were made were not clocked.
void check_calls(Verdict& verdict, const CallTimes& calls, double most_seconds) {
    constexpr double rounding = 1e-9;
    const double claimed = calls.total_seconds();
    const double most = most_seconds * (1 + rounding) + rounding * static_cast<double>(calls.seconds.size());
    if (claimed > most) verdict.add({Number::of_real(claimed), Number::of_real(most)});
}

}  // namespace

Executor::Executor(std::vector<Task>& tasks, const Team& world, const Threads& threads,
                   const RunOptions& options)
    : tasks_(tasks),
      world_(world),
      threads_(threads),
      options_(options),
      last_(tasks.size()),
      order_(tasks.size()),
      random_(options.seed),
      start_seconds_(now_seconds()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
}

std::vector<Sample> Executor::execute(Plan plan) {
    plan.glance = options_.watch != nullptr && options_.watch->is_due();
    send(plan);
    return carry_out(plan);
}

std::vector<Sample> Executor::carry_out(const Plan& plan) {
    auto samples = collect(plan, plan.loaded ? execute_loaded(plan) : execute_here(plan));
    if (plan.glance) options_.watch->glance(world_);
    return samples;
}

void Executor::dismiss() {
    send({.first_round = stopped_ ? 1 : 0, .batch = std::vector<std::int64_t>(tasks_.size(), 0)});
}

double Executor::seconds_left() const {
    constexpr double forever = 1e9;
    if (options_.max_seconds <= 0) return forever;
    return std::max(0.0, options_.max_seconds - (now_seconds() - start_seconds_));
}

void Executor::heed_early_signals() {
    int stop = stop_requested() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, world_.comm);
    stopped_ = stop != 0;
}

void Executor::send(const Plan& plan) {
    std::vector<std::int64_t> message = {plan.rounds, plan.first_round, plan.glance ? 1 : 0,
                                         plan.loaded ? 1 : 0, plan.altered ? 1 : 0};
    message.insert(message.end(), plan.batch.begin(), plan.batch.end());
    MPI_Bcast(message.data(), mpi_count(message.size()), MPI_INT64_T, 0, world_.comm);
}

void Executor::follow() {
    for (;;) {
        std::vector<std::int64_t> message(5 + tasks_.size());
        MPI_Bcast(message.data(), mpi_count(message.size()), MPI_INT64_T, 0, world_.comm);
        const Plan plan{.rounds = message[0],
                        .first_round = message[1],
                        .batch = {message.begin() + 5, message.end()},
                        .glance = message[2] != 0,
                        .loaded = message[3] != 0,
                        .altered = message[4] != 0};
        if (plan.rounds == 0) {
            stopped_ = plan.first_round != 0;
            return;
        }
        carry_out(plan);
    }
}

std::vector<Sample> Executor::execute_here(const Plan& plan) {
    std::vector<Sample> samples;
    bool others_asleep = false;
    // A task alone has no order; leaving it out keeps the order of the timed rounds free of how many warm-ups
    // there were, so that the seed alone decides it.
    const bool shuffled = std::count(plan.batch.begin(), plan.batch.end(), 0) + 1 < std::ssize(plan.batch);
    for (std::int64_t round = 0; round < plan.rounds; ++round) {
        // A Fisher-Yates shuffle, which std::shuffle need not be.
        for (std::size_t n = shuffled ? order_.size() : 0; n > 1; --n) {
            std::swap(order_[n - 1], order_[random_() % n]);
        }
        for (std::int64_t position = 0; const auto i : order_) {
            if (plan.batch[i] == 0) continue;
            const auto place = position++;
            const bool together = uses_ranks(tasks_[i].record.uses);
            if (others_asleep && together) sleeping_barrier(world_);
            if (!others_asleep && !together) MPI_Barrier(world_.comm);
            others_asleep = !together && world_.size > 1;
            if (!together && !world_.root()) continue;
            auto& sample = samples.emplace_back();
            sample.task = i;
            sample.round = plan.first_round + round;
            sample.position = place;
            execute_task(sample, plan.batch[i], plan.altered);
        }
    }
    if (others_asleep) sleeping_barrier(world_);
    return samples;
}

// Only rank 0 has samples.
std::vector<Sample> Executor::execute_loaded(const Plan& plan) {
    std::vector<Sample> samples;
    with_busy_cores(world_, world_.size > 1 ? threads_.hybrid : threads_.process, [&] {
        for (std::int64_t round = 0; round < plan.rounds && !stop_requested(); ++round) {
            for (std::size_t i = 0; i < tasks_.size(); ++i) {
                if (plan.batch[i] == 0) continue;
                auto& sample = samples.emplace_back();
                sample.task = i;
                execute_task(sample, plan.batch[i], plan.altered);
            }
        }
    });
    return samples;
}

// One repeat on this rank.
void Executor::execute_task(Sample& sample, std::int64_t batch, bool altered) {
    auto& task = tasks_[sample.task];
    const auto team = team_of(task.record.uses);
    set_activity(task.activity);
    if (options_.progress && world_.root()) show_progress(task.record);
    wake_threads(team.threads);
    // An altered problem is nobody's profile.
    const bool profiled = std::exchange(profile::enabled, profile::enabled && !altered);
    if (altered) task.alter(team);
    if (task.prepare) task.prepare(team);
    // Ranks start each execution together: otherwise those that need not wait for others would run ahead, and
    // a batch would tell how many executions are done in a second, not how long one takes.
    const std::int64_t clocked = team.size > 1 ? batch : 1;
    sample.starts.resize(static_cast<std::size_t>(clocked));
    sample.ends.resize(sample.starts.size());
    double passed = 0;
    const double begun = now_seconds();
    for (std::size_t i = 0; i < sample.starts.size(); ++i) {
        if (team.size > 1) MPI_Barrier(team.comm);
        sample.starts[i] = now_seconds();
        task.execute(team, batch / clocked);
        sample.ends[i] = now_seconds();
        passed += sample.ends[i] - sample.starts[i];
    }
    sample.lasted = (sample.ends.back() - begun) / static_cast<double>(batch);
    auto& judgement = last_[sample.task] = task.judge(team, task.record.verdict);
    if (altered) task.alter(team);
    if (judgement.calls) check_calls(task.record.verdict, *judgement.calls, passed * task.record.threads);
    if (world_.root()) sample.observed = std::move(judgement.observed);
    if (profile::enabled) profile::book(sample.task, batch, passed, team.threads);
    profile::enabled = profiled;
    sample.own = std::move(judgement.calls);
    set_activity("between two repeats");
}

Team Executor::team_of(Uses uses) const {
    const int threads = threads_for(threads_, uses);
    if (!uses_ranks(uses)) return team_of_one(threads);
    Team team = world_;
    team.threads = threads;
    return team;
}

// Brings the seconds of all ranks, their parts of the last answers and their signals to rank 0.
std::vector<Sample> Executor::collect(const Plan& plan, std::vector<Sample> samples) {
    collect_seconds(plan, samples);
    collect_calls(samples);
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        if (plan.batch[i] > 0 && last_[i].own && !plan.altered) collect_shares(i);
    }
    if (!world_.root()) return {};
    return samples;
}

// The mean of each sample's executions, which stand one after the other; only of samples that use ranks.
std::vector<double> Executor::means(const Plan& plan, const std::vector<Sample>& samples,
                                    const std::vector<double>& executions) const {
    std::vector<double> means;
    for (auto next = executions.begin(); const auto& sample : samples) {
        if (!together(sample)) continue;
        const auto last = next + std::ssize(sample.starts);
        means.push_back(std::accumulate(next, last, 0.0) / static_cast<double>(plan.batch[sample.task]));
        next = last;
    }
    return means;
}

// An execution takes as long as on its slowest rank, which may be another one in each execution of a batch:
// so the slowest rank of the batch gets the mean of those.
void Executor::collect_seconds(const Plan& plan, std::vector<Sample>& samples) {
    std::vector<double> starts, ends;
    for (const auto& sample : samples) {
        if (!together(sample)) continue;
        starts.insert(starts.end(), sample.starts.begin(), sample.starts.end());
        ends.insert(ends.end(), sample.ends.begin(), sample.ends.end());
    }
    const auto executions = seconds_since_first_start(world_, starts, ends);
    auto slowest = executions;
    MPI_Reduce(executions.data(), slowest.data(), mpi_count(slowest.size()), MPI_DOUBLE, MPI_MAX, 0,
               world_.comm);
    auto mine = means(plan, samples, executions);
    mine.push_back(stop_requested() ? 1.0 : 0.0);
    const auto width = mine.size();
    std::vector<double> all(world_.root() ? width * static_cast<std::size_t>(world_.size) : 0);
    MPI_Gather(mine.data(), mpi_count(width), MPI_DOUBLE, all.data(), mpi_count(width), MPI_DOUBLE, 0,
               world_.comm);
    if (!world_.root()) return;
    const auto of_slowest = means(plan, samples, slowest);
    std::size_t column = 0;
    for (auto& sample : samples) {
        if (together(sample)) {
            for (std::size_t at = column; at < all.size(); at += width) sample.seconds.push_back(all[at]);
            *std::max_element(sample.seconds.begin(), sample.seconds.end()) = of_slowest[column];
            ++column;
        } else {
            const double passed = sample.ends.front() - sample.starts.front();
            sample.seconds = {passed / static_cast<double>(plan.batch[sample.task])};
        }
    }
    for (std::size_t at = column; at < all.size(); at += width) stopped_ = stopped_ || all[at] != 0;
}

// For variants that clock themselves: their calls take the place of the executions' seconds.
void Executor::collect_calls(std::vector<Sample>& samples) const {
    for (auto& sample : samples) {
        if (!sample.own) continue;
        const auto& [mine, many] = *sample.own;
        const bool alone = !together(sample);
        const auto ranks = alone ? std::size_t{1} : static_cast<std::size_t>(world_.size),
                   count = mine.size();
        auto all = mine;
        if (!alone) {
            all.resize(world_.root() ? ranks * count : 0);
            MPI_Gather(mine.data(), mpi_count(count), MPI_DOUBLE, all.data(), mpi_count(count), MPI_DOUBLE, 0,
                       world_.comm);
        }
        if (!world_.root()) continue;
        auto& calls = sample.calls;
        calls.repeat.assign(count, 0);
        calls.calls = many;
        for (std::size_t call = 0; call < count; ++call) {
            for (std::size_t rank = 0; rank < ranks; ++rank)
                calls.seconds.push_back(all[rank * count + call]);
        }
        calls = long_enough(std::move(calls), shortest_told_seconds());
        const auto typical = calls.row(median_call(calls));
        sample.seconds.assign(typical.begin(), typical.end());
    }
}

void Executor::collect_shares(std::size_t i) {
    auto& record = tasks_[i].record;
    std::vector<Part> parts(static_cast<std::size_t>(record.ranks));
    if (!uses_ranks(record.uses)) {
        if (!world_.root()) return;
        parts[0] = *last_[i].own;
    } else {
        const Part mine = *last_[i].own;
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
    check_shares(record, sum, last_[i].check);
}

void Executor::show_progress(const Record& record) const {
    std::string text = fmt::format("{}, repeat {}", record.variant, record.repeats() + 1);
    if (options_.max_seconds > 0) text += fmt::format(", at most {:.0f} s left", seconds_left());
    progress::show(text);
}

}  // namespace pacer
