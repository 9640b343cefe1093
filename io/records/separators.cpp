#include "io/records/separators.hpp"

#include <fmt/format.h>

#include <utility>

namespace pacer::separators {

namespace {

constexpr Kinds make_kinds(std::uint8_t of_tab, std::uint8_t of_comma, std::uint8_t of_semicolon) {
    Kinds kinds{};
    kinds[' '] = space;
    kinds['\t'] = of_tab;
    kinds[','] = of_comma;
    kinds[';'] = of_semicolon;
    kinds['\n'] = line_end;
    return kinds;
}

}  // namespace

const Kinds& kinds_of(const RecordFormat& format) {
    static constexpr Kinds automatic = make_kinds(tab, comma, other);
    static constexpr Kinds automatic_decimal_comma = make_kinds(tab, other, semicolon);
    static constexpr Kinds blanks = make_kinds(space, other, other);
    static constexpr Kinds tabs = make_kinds(tab, other, other);
    static constexpr Kinds commas = make_kinds(space, comma, other);
    static constexpr Kinds semicolons = make_kinds(space, other, semicolon);
    switch (format.separator) {
        case Separator::automatic:
            return format.decimal_comma ? automatic_decimal_comma : automatic;
        case Separator::blank:
            return blanks;
        case Separator::tab:
            return tabs;
        case Separator::comma:
            return commas;
        case Separator::semicolon:
            return semicolons;
    }
    return automatic;
}

std::string mixed(unsigned kinds) {
    std::string names;
    for (const auto& [kind, name] : {std::pair{comma, "commas"}, std::pair{semicolon, "semicolons"},
                                     std::pair{tab, "tabs"}, std::pair{space, "blanks"}}) {
        if ((kinds & kind) != 0) names += (names.empty() ? "" : " and ") + std::string(name);
    }
    const bool decimal = (kinds & comma) != 0;
    return fmt::format("{} both separate numbers; say which is meant with {}--separator", names,
                       decimal ? "--decimal-comma or " : "");
}

std::string quoted(std::string_view word) {
    constexpr std::size_t longest = 40;
    if (word.size() <= longest) return fmt::format("'{}'", word);
    return fmt::format("'{}...'", word.substr(0, longest));
}

}  // namespace pacer::separators
