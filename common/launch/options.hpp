// The options every app shares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/launch/arguments.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/team.hpp"
#include "common/report/report.hpp"

namespace pacer {

struct Options {
    std::int64_t elements = 0;
    std::vector<std::string> variants;  // names, as given; empty: all
    RunOptions run{.max_seconds = 12};
    std::string dump;  // file; empty: the default name
    bool no_dump = false, force = false;
    Format format = Format::table;
    bool quiet = false, profile = false, no_limits = false, list = false, proof = false,
         strict_placement = false;
};

// A command line with the shared options; an app adds its own. `options` must outlive it and hold the app's
// defaults.
class CommandLine : public Arguments {
  public:
    CommandLine(const std::string& program, const std::string& summary, Options& options);

    // Reads the arguments, which must be the same on every rank, of the same program. Returns a status if the
    // launch is to end now: --help, --version, --list, printed by rank 0. Throws UsageError, on every rank,
    // for anything unknown or unusable. Collective, and to be called before anything else that is.
    std::optional<ExitStatus> parse(const Team& world, int argc, char** argv,
                                    const std::string& variant_list);

  private:
    Options& options_;
};

// Throws UsageError naming the first of `names` that is not among `known`.
void refuse_unknown(const std::vector<std::string>& names, const std::vector<std::string_view>& known);
std::string list_row(std::string_view name, Uses uses, std::string_view summary);

// The rows of a variant table that were asked for, in the order of the table; all if `names` is empty.
// Throws UsageError for a name that is not in it.
template <class Problem, class Answer, std::size_t n>
std::vector<Variant<Problem, Answer>> choose(std::span<const Variant<Problem, Answer>, n> variants,
                                             const std::vector<std::string>& names) {
    std::vector<std::string_view> known;
    for (const auto& variant : variants) known.push_back(variant.name);
    refuse_unknown(names, known);
    std::vector<Variant<Problem, Answer>> chosen;
    for (const auto& variant : variants) {
        if (names.empty() || std::find(names.begin(), names.end(), variant.name) != names.end()) {
            chosen.push_back(variant);
        }
    }
    return chosen;
}

// The kinds of use among variants, without repeats.
template <class Problem, class Answer>
std::vector<Uses> uses_of(const std::vector<Variant<Problem, Answer>>& variants) {
    std::vector<Uses> uses;
    for (const auto& variant : variants) {
        if (std::find(uses.begin(), uses.end(), variant.uses) == uses.end()) uses.push_back(variant.uses);
    }
    return uses;
}

// What --list prints: name, what it occupies, one line of summary.
template <class Problem, class Answer, std::size_t n>
std::string list(std::span<const Variant<Problem, Answer>, n> variants) {
    std::string text;
    for (const auto& variant : variants) text += list_row(variant.name, variant.uses, variant.summary);
    return text;
}

}  // namespace pacer
