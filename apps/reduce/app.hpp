// What reduce is, to the frame.
#pragma once

#include <map>
#include <optional>

#include "apps/app.hpp"
#include "apps/reduce/reduce.hpp"

namespace pacer::reduce {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("reduce",
                     "Sums 0 + 1 + ... + (n-1) in several ways; times, verifies and compares them.") {}

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.elements, "Numbers to sum");
        const std::map<std::string, Source> sources = {{"iota", Source::iota}, {"memory", Source::memory}};
        const std::map<std::string, Type> types = {{"i64", Type::i64}, {"f64", Type::f64}};
        line.add_choice("--source", settings_.source, sources,
                        "Whether values are made as they are summed, or lie in memory");
        line.add_choice("--type", settings_.type, types, "64-bit integers, or doubles");
        std::map<std::string, Data> data;
        for (std::size_t i = 0; i < data_names.size(); ++i) {
            data.emplace(data_names[i], static_cast<Data>(i));
        }
        line.add_choice("--data", settings_.data, data, "Which doubles lie in memory");
        line.add_word(
                "--expect", [this](const std::string& word) { settings_.expected = parse_hexadecimal(word); },
                "Fail unless the exact sum of the doubles in memory has these bits: 0x1.8p+3")
            .placeholder("HEX");
        line.add_count("--chunk", settings_.chunk, "Elements that the variant chunked draws at a time");
        line.add_count("--memory", settings_.memory_bytes,
                       "Bytes that the data may take on a node [what is free]");
    }

    std::vector<ListedGroup> groups() const override { return {group}; }

    void settle(const Team&, const CommandLine&, Options& options) override {
        options.variants = suitable(settings_, options.variants);
    }

    void measure(Session& session) override {
        problem_ = make_problem(session.world, session.threads, settings_, session.chosen(group).variants);
        session.plan(*problem_, group,
                     {.parameters = parameters(settings_),
                      .work = work(settings_),
                      .judge_variant = judge,
                      .describe = describe,
                      .alter = alter});
        session.failure = unexpected_sum(*problem_);
    }

    std::vector<HeadlineRule> headlines() const override;

  private:
    Settings settings_;
    std::optional<Problem> problem_;
};

}  // namespace pacer::reduce
