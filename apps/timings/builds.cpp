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

}  // namespace

std::vector<std::string> separate_builds(std::vector<Launch>& launches) {
    std::map<std::string, std::vector<Build>> builds;  // by program, in the order of the launches
    for (const auto& launch : launches) {
        auto& of_program = builds[fact(launch.environment, "program")];
        const auto build = build_of(launch);
        if (std::find(of_program.begin(), of_program.end(), build) == of_program.end())
            of_program.push_back(build);
    }
    std::vector<std::string> lines;
    for (const auto& [program, of_program] : builds) {
        if (of_program.size() < 2) continue;
        const auto names = names_of(of_program);
        std::vector<std::string> in_order;
        for (const auto& build : of_program) in_order.push_back(names.at(build));
        lines.push_back(fmt::format("{}: {}", program, fmt::join(in_order, ", ")));
        for (auto& launch : launches) {
            if (fact(launch.environment, "program") != program) continue;
            for (auto& record : launch.records)
                record.parameters.emplace_back("build", names.at(build_of(launch)));
        }
    }
    return lines;
}

}  // namespace pacer::timings
