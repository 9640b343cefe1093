#include "apps/timings/builds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace pacer::timings {

namespace {

struct Build {
    std::string version, commit, tree, program_hash;
    auto operator<=>(const Build&) const = default;
};

Build build_of(const Launch& launch) {
    const auto& facts = launch.environment;
    return {fact(facts, "version"), fact(facts, "commit"), fact(facts, "tree"), fact(facts, "program_hash")};
}

// A name for each build, as short as tells them apart.
std::map<Build, std::string> names_of(const std::vector<Build>& builds) {
    const auto shared = [&](auto same_as) {
        return std::count_if(builds.begin(), builds.end(), same_as) > 1;
    };
    std::map<Build, std::string> names;
    for (const auto& one : builds) {
        auto name = one.commit.empty() ? fmt::format("version {}", one.version) : one.commit.substr(0, 10);
        if (one.tree == "modified") name += " modified";
        if (shared(
                [&](const Build& other) { return other.commit == one.commit && other.tree == one.tree; })) {
            name += one.program_hash.empty() ? fmt::format(" version {}", one.version)
                                             : fmt::format(" {:.8}", one.program_hash);
        }
        names[one] = name;
    }
    return names;
}

// By program, in the order of the launches.
std::map<std::string, std::vector<Build>> builds_of(const std::vector<Launch>& launches) {
    std::map<std::string, std::vector<Build>> builds;
    for (const auto& launch : launches) {
        auto& of_program = builds[fact(launch.environment, "program")];
        const auto build = build_of(launch);
        if (std::find(of_program.begin(), of_program.end(), build) == of_program.end())
            of_program.push_back(build);
    }
    return builds;
}

std::vector<std::string> words_of(const std::vector<Build>& builds,
                                  const std::map<Build, std::string>& names) {
    std::vector<std::string> words;
    for (const auto& build : builds) words.push_back(names.at(build));
    return words;
}

}  // namespace

std::optional<std::string> foreign_builds(const std::vector<Launch>& launches,
                                          const std::vector<Launch>& known) {
    const auto all = builds_of(known);
    for (const auto& [program, builds] : builds_of(launches)) {
        const auto found = all.find(program);
        if (found == all.end()) continue;
        std::vector<Build> foreign;
        for (const auto& build : builds) {
            if (std::find(found->second.begin(), found->second.end(), build) == found->second.end())
                foreign.push_back(build);
        }
        if (foreign.empty()) continue;
        auto both = found->second;
        both.insert(both.end(), foreign.begin(), foreign.end());
        const auto names = names_of(both);
        return fmt::format("{}: {}, not {}", program, fmt::join(words_of(foreign, names), ", "),
                           fmt::join(words_of(found->second, names), ", "));
    }
    return std::nullopt;
}

std::vector<std::string> separate_builds(std::vector<Launch>& launches) {
    const auto builds = builds_of(launches);
    std::vector<std::string> lines;
    for (const auto& [program, of_program] : builds) {
        if (of_program.size() < 2) continue;
        const auto names = names_of(of_program);
        lines.push_back(fmt::format("{}: {}", program, fmt::join(words_of(of_program, names), ", ")));
        for (auto& launch : launches) {
            if (fact(launch.environment, "program") != program) continue;
            for (auto& record : launch.records)
                record.parameters.emplace_back("build", names.at(build_of(launch)));
        }
    }
    return lines;
}

}  // namespace pacer::timings
