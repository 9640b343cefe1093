// What race is, to the frame.
#pragma once

#include <deque>

#include "apps/app.hpp"
#include "apps/race/prices.hpp"
#include "apps/race/race.hpp"

namespace pacer::race {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("race",
                     "Increments a shared counter in several ways; counts the updates that races lose, and "
                     "prices the cures.") {}

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.increments,
                       "Increments of a counter in memory, by threads");
        line.add_count(
            "--window-increments", settings_.window_increments,
            "Increments of a counter in an MPI window, by ranks [fewer where each takes milliseconds]");
    }

    void settle(const Team&, const CommandLine& line, Options&) override {
        window_increments_given_ = line.count("--window-increments") > 0;
    }

    std::vector<ListedGroup> groups() const override { return {by_threads, in_window}; }

    void measure(Session& session) override {
        alone_ = session.options.no_limits ? Alone() : measure_alone(session.world);
        plan(session, by_threads, Place::threads, settings_.increments);
        plan(session, in_window, Place::window, settings_.window_increments);
    }

    std::vector<HeadlineRule> headlines() const override;
    std::vector<Doubt> doubts(const Launch& launch) const override { return lucky_races(launch); }
    std::string afterwards(const Session& session) override { return prices(session.launch); }

  private:
    void plan(Session& session, const Group<Problem, Answer>& group, Place place, std::int64_t increments) {
        if (session.chosen(group).variants.empty()) return;
        auto& problem =
            problems_.emplace_back(make_problem(session.world, session.threads, place, increments, alone_));
        if (place == Place::window && !window_increments_given_) {
            if (const auto few = spare_increments(problem, session.world))
                session.launch.doubts.push_back(*few);
        }
        session.plan(problem, group,
                     {.parameters = parameters(problem),
                      .work = work(problem),
                      .judge_variant = judge,
                      .describe = describe,
                      .alter = alter});
    }

    Settings settings_;
    bool window_increments_given_ = false;
    Alone alone_;
    std::deque<Problem> problems_;
};

}  // namespace pacer::race
