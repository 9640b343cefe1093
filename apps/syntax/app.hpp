// What syntax is, to the frame.
#pragma once

#include <vector>

#include "apps/app.hpp"
#include "apps/syntax/syntax.hpp"

namespace pacer::syntax {

class App final : public pacer::App {
  public:
    App()
        : pacer::App(
              "syntax",
              "Compares idioms of C++ that do the same: fill, sum, square, condition, partition, nesting, "
              "alias, files.") {}

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.elements,
                       "Elements of the largest size; the small ones are 4 and 10");
        line.add_former_name_of_problems("--idioms");
        line.add_count("--files", settings_.files, "Files in the tree to search");
        line.add_count("--work", settings_.work,
                       "Elements that one execution handles, in as many calls of the idiom as it takes");
    }

    std::vector<ListedGroup> groups() const override {
        const auto groups = all_groups();
        return {groups.begin(), groups.end()};
    }

    void measure(Session& session) override {
        settings_.limits = !session.options.no_limits;
        set_activity("making the problems");
        const auto chosen = session.chosen(all_groups());
        comparisons_ = make_comparisons(session.world, settings_, chosen);
        for (const auto& [problem, ways] : comparisons_) {
            const auto& idiom = *problem->idiom;
            session.plan(*problem, Group<Problem, Answer>{idiom.name, idiom.ways.front().name, ways},
                         {.parameters = parameters(*problem),
                          .work = work(*problem),
                          .judge = judge,
                          .describe = describe,
                          .alter = alter});
        }
    }

    void release() override { remove_temporary_files(comparisons_); }
    std::string afterwards(const Session& session) override {
        return syntax::summary(comparisons_, session.launch);
    }

  private:
    Settings settings_;
    std::vector<Comparison> comparisons_;
};

}  // namespace pacer::syntax
