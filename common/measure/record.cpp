#include "common/measure/record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/measure/statistics.hpp"

namespace pacer {

namespace {

constexpr std::array uses_names = {"core", "threads", "ranks", "both"};
constexpr std::array promise_names = {"right", "racy"};
constexpr std::array operation_names = {"none", "int64_add", "float64_add", "float64_fma"};
constexpr std::array stopped_by_names = {"", "converged", "budget", "count", "signal"};

template <class Enum, std::size_t n>
Enum named(const std::array<const char*, n>& names, std::string_view name, std::string_view kind) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw std::invalid_argument(
            fmt::format("unknown {} '{}'; choose from {}", kind, name, fmt::join(names, ", ")));
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(Uses uses) {
    return uses_names.at(static_cast<std::size_t>(uses));
}
std::string_view name_of(Promise promise) {
    return promise_names.at(static_cast<std::size_t>(promise));
}
std::string_view name_of(Operation operation) {
    return operation_names.at(static_cast<std::size_t>(operation));
}
std::string_view name_of(StoppedBy reason) {
    return stopped_by_names.at(static_cast<std::size_t>(reason));
}

Uses uses_named(std::string_view name) {
    return named<Uses>(uses_names, name, "kind of use");
}
Promise promise_named(std::string_view name) {
    return named<Promise>(promise_names, name, "promise");
}
Operation operation_named(std::string_view name) {
    return named<Operation>(operation_names, name, "operation");
}

StoppedBy stopped_by_named(std::string_view name) {
    return named<StoppedBy>(stopped_by_names, name, "reason to stop");
}

RankSummary summary_of_ranks(const std::vector<double>& seconds) {
    const auto slowest = std::max_element(seconds.begin(), seconds.end());
    return {*std::min_element(seconds.begin(), seconds.end()),
            quantile(seconds, 0.25),
            quantile(seconds, 0.5),
            quantile(seconds, 0.75),
            *slowest,
            static_cast<std::int32_t>(slowest - seconds.begin())};
}

std::vector<double> Record::repeat_seconds() const {
    const auto width = static_cast<std::size_t>(ranks);
    std::vector<double> slowest;
    slowest.reserve(repeats());
    for (const auto& summary : of_ranks) slowest.push_back(summary.max);
    if (!of_ranks.empty()) return slowest;
    for (std::size_t row = 0; row < repeats(); ++row) {
        const auto first = seconds.begin() + static_cast<std::ptrdiff_t>(row * width);
        slowest.push_back(*std::max_element(first, first + ranks));
    }
    return slowest;
}

bool Record::failed() const {
    return promise == Promise::right && (verdict.failed > 0 || (not_run.empty() && !verdict.right()));
}

bool same_problem(const Record& a, const Record& b) {
    const auto problem_of = [](const Record& record) {
        auto parameters = record.parameters;
        std::erase_if(parameters, [](const auto& parameter) { return parameter.first == method_parameter; });
        return parameters;
    };
    return a.app == b.app && problem_of(a) == problem_of(b);
}

Facts particular_parameters(const Record& record, const std::vector<Record>& all) {
    Facts particular;
    for (const auto& parameter : record.parameters) {
        const auto has = [&](const Record& other) {
            const auto& facts = other.parameters;
            return std::find(facts.begin(), facts.end(), parameter) != facts.end();
        };
        if (!std::all_of(all.begin(), all.end(), has)) particular.push_back(parameter);
    }
    return particular;
}

std::string case_name(const Record& record, const std::vector<Record>& all) {
    std::vector<const Record*> namesakes;
    for (const auto& other : all) {
        if (other.variant == record.variant && other.parameters != record.parameters)
            namesakes.push_back(&other);
    }
    std::string list;
    for (const auto& parameter : record.parameters) {
        const auto differs = [&](const Record* other) {
            const auto& facts = other->parameters;
            return std::find(facts.begin(), facts.end(), parameter) == facts.end();
        };
        if (std::erase_if(namesakes, differs) == 0) continue;
        list +=
            fmt::format("{}{} {}", list.empty() ? "" : ", ", parameter.first, to_string(parameter.second));
    }
    return list.empty() ? record.variant : fmt::format("{} ({})", record.variant, list);
}

Number sum_of_items(const std::vector<Share>& shares) {
    Number sum;
    for (const auto& share : shares) sum = sum + Number::of_whole(share.items);
    return sum;
}

std::optional<Number> sum_of_partials(const std::vector<Share>& shares) {
    Number sum;
    for (const auto& share : shares) {
        const auto partial = parse_number(share.partial);
        if (!partial) return std::nullopt;
        sum = sum + *partial;
    }
    return sum;
}

}  // namespace pacer
