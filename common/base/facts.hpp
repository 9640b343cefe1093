// What is known of something, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pacer {

using Value = std::variant<std::string, std::int64_t, double>;
using Facts = std::vector<std::pair<std::string, Value>>;  // in the order shown; names lower_case

// What is known of a node of the launch.
struct HostFacts {
    std::string host;
    Facts facts;
    bool operator==(const HostFacts&) const = default;
};

// A fact as text, numbers in their shortest exact form.
std::string to_string(const Value& value);

// The text of the fact of that name, or `otherwise`.
std::string fact(const Facts& facts, std::string_view name, std::string_view otherwise = "");

// If it is one; of the fact of that name, if it is there.
std::optional<double> number_of(const Value& value);
std::optional<double> number_in(const Facts& facts, std::string_view name);

// "elements 1000, source iota", or with other signs between.
std::string words_of(const Facts& facts, std::string_view between = ", ", std::string_view equals = " ");

}  // namespace pacer
