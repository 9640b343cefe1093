// For the files that check tables.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "io/dump/refuse.hpp"
#include "io/dump/tables.hpp"

namespace pacer::dump {

inline constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(),
                              most_small = std::numeric_limits<int>::max();

inline void range(std::string_view table, std::string_view column, std::int64_t value, std::int64_t least,
                  std::int64_t largest = most) {
    if (value < least || value > largest)
        refuse("table {} has a {} of {}, which is impossible", table, column, value);
}

// Keys go up and lead to one of `count` rows of another table; `least` is -1 where there may be none.
template <class Row>
void keys(std::string_view table, const std::vector<Row>& rows, std::int64_t Row::*key, std::size_t count,
          std::int64_t least = 0) {
    std::int64_t before = least;
    for (const auto& row : rows) {
        if (row.*key < before || row.*key >= static_cast<std::int64_t>(count))
            refuse("table {} has rows in the wrong order, or that belong to nothing", table);
        before = row.*key;
    }
}

// A long text continues in the next row, with the same name and key.
template <class Row>
void check_values(std::string_view table, const std::vector<Row>& rows, std::int64_t Row::*key) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& kind = rows[i].kind;
        if (kind == "s+" && i + 1 < rows.size()) {
            const auto& next = rows[i + 1];
            if (next.kind.starts_with('s') && next.name == rows[i].name && next.*key == rows[i].*key)
                continue;
        }
        if (kind != "i" && kind != "f" && kind != "s")
            refuse("table {} has a value {} of the unknown kind '{}'", table, rows[i].name, kind);
    }
}

// Refuses launches, and what belongs to none of their cases, as check() does.
void check_launches(const Tables& tables);

}  // namespace pacer::dump
