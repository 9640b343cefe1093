#include "common/base/facts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pacer {

std::string to_string(const Value& value) {
    return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

std::string fact(const Facts& facts, std::string_view name, std::string_view otherwise) {
    const auto found =
        std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.first == name; });
    return found == facts.end() ? std::string(otherwise) : to_string(found->second);
}

std::optional<double> number_of(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    const auto* real = std::get_if<double>(&value);
    return real == nullptr ? std::nullopt : std::optional(*real);
}

std::optional<double> number_in(const Facts& facts, std::string_view name) {
    const auto found =
        std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.first == name; });
    return found == facts.end() ? std::nullopt : number_of(found->second);
}

std::string words_of(const Facts& facts, std::string_view between, std::string_view equals) {
    std::string text;
    for (const auto& [name, value] : facts) {
        text += fmt::format("{}{}{}{}", text.empty() ? "" : between, name, equals, to_string(value));
    }
    return text;
}

}  // namespace pacer
