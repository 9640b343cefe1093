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

}  // namespace pacer
