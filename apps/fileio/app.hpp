// What fileio is, to the frame.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "apps/app.hpp"
#include "apps/fileio/delivery/deliver.hpp"
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/request.hpp"
#include "apps/fileio/segments/deliver_segments.hpp"

namespace pacer::fileio {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("fileio",
                     "Applies a calculation to every record of its input files. With --out it writes the "
                     "results; without, it measures several ways of doing so.") {
        max_seconds = 30;  // the input that is made takes 1 s serially
    }

    void options(CommandLine& line) override { add_options(line, request_); }

    std::vector<ListedGroup> groups() const override { return {group}; }

    void settle(const Team&, const CommandLine& line, Options& options) override {
        refuse_unusable(line, request_);
        request_.settings.seed = options.run.seed;
        request_.delivery.target.force = options.force;
        request_.delivery.quiet = options.quiet;
        request_.delivery.progress = options.run.progress;
    }

    std::optional<ExitStatus> instead(const Team& world, const Options& options) override {
        const auto& settings = request_.settings;
        if (!request_.make_input.empty()) {
            on_root(world, [&] {
                make_input(request_.make_input, settings.elements, settings.seed, options.force);
            });
            return ExitStatus::right;
        }
        if (request_.delivery.target.path.empty()) return std::nullopt;
        const auto threads = decide_threads(world);
        start_watch(world, threads, advice_after_death(request_.delivery));
        if (request_.delivery.deadline_seconds > 0) watch_->stop_after(request_.delivery.deadline_seconds);
        if (request_.delivery.segments)
            return deliver_segments(world, threads, settings, request_.delivery, *watch_);
        return deliver(world, threads, settings, request_.delivery, *watch_);
    }

    void measure(Session& session) override {
        start_watch(session.world, session.threads);
        problem_ = make_problem(session.world, request_.settings, *watch_, session.chosen(group).variants);
        const auto& expected = problem_->expected;
        session.failure =
            why_not_right(request_.settings.max_rejected, expected.done, expected.rejected, problem_->ragged);
        if (!session.failure.empty()) return;
        session.plan(*problem_, group,
                     {.parameters = parameters(*problem_),
                      .work = work(*problem_),
                      .judge = judge,
                      .describe = describe});
    }

    void release() override {
        if (problem_) problem_->made.reset();
    }

    std::string afterwards(const Session& session) override {
        if (session.status != ExitStatus::right) return {};
        const auto& all = problem_->expected;
        return fmt::format("{}, in every repeat\n",
                           conservation(all.lines_read, all.done, all.rejected, all.skipped));
    }

  private:
    void start_watch(const Team& world, const Threads& threads, std::string_view advice = {}) {
        watch_.emplace(world, name, std::max(threads.process, threads.hybrid),
                       request_.settings.record_timeout_seconds, advice);
    }

    Request request_;
    std::optional<Watch> watch_;
    std::unique_ptr<Problem> problem_;
};

}  // namespace pacer::fileio
