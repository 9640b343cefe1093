// What storage is, to the frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/app.hpp"
#include "apps/storage/folder.hpp"
#include "apps/storage/mount.hpp"
#include "apps/storage/storage.hpp"

namespace pacer::storage {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("storage",
                     "Writes and reads files, makes and removes many; times, verifies and compares one rank "
                     "and all, a file each and one for all.") {
        max_seconds = 20;
    }

    void options(CommandLine& line) override {
        line.add_count("-n,--bytes", settings_.bytes,
                       "Bytes of data, which the ranks share: a multiple of 512");
        line.add_count("--block", settings_.block, "Bytes of each read() and write(): a multiple of 512");
        line.add_count("--files", settings_.files, "Files to make, find and remove, which the ranks share");
        line.add_text("--folder", settings_.folder,
                      "Folder on the file system that is meant, in which a folder of this launch is made");
    }

    std::vector<ListedGroup> groups() const override { return {experiments.begin(), experiments.end()}; }

    void settle(const Team&, const CommandLine&, Options&) override { check(settings_); }

    void measure(Session& session) override {
        set_activity("making the files");
        const auto chosen = session.chosen(experiments);
        folder_.emplace(session.world, settings_.folder);
        if (session.world.root()) {
            for (auto& fact : facts_of(mount_of(folder_->path()))) session.launch.environment.push_back(fact);
        }
        problems_ = make_problems(session.world, settings_, folder_->path(), chosen);
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            session.plan(problems_[i], chosen[i],
                         {.parameters = parameters(problems_[i]),
                          .judge_variant = judge,
                          .describe = describe,
                          .prepare = prepare,
                          .alter = alter_of(problems_[i].action),
                          .batch = Batch::never});
        }
    }

    void release() override { folder_.reset(); }

    std::vector<HeadlineRule> headlines() const override;
    std::vector<Doubt> doubts(const Launch& launch) const override { return reads_from_cache(launch); }

  private:
    Settings settings_;
    std::optional<Folder> folder_;
    std::vector<Problem> problems_;
};

}  // namespace pacer::storage
