// Attributes and tables of a dump as fields of the right kind and range, or a sentence that refuses the file.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/measure/record.hpp"
#include "io/hdf5/hdf5.hpp"

namespace pacer {

// What a file cannot be; the text completes "cannot read FILE: ".
template <class... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    throw std::runtime_error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

// The attributes of one group by name; refuses the file if one is missing, of another kind, or out of range.
class Attributes {
  public:
    explicit Attributes(const hdf5::Group& group) : path_(group.path()), facts_(group.attributes()) {}

    std::string text(std::string_view name) const { return get<std::string>(name); }
    // Of an attribute that older dumps have not.
    std::string text_or(std::string_view name, const std::string& otherwise) const {
        return find(name) == nullptr ? otherwise : text(name);
    }

    std::int64_t whole(std::string_view name, std::int64_t least,
                       std::int64_t most = std::numeric_limits<std::int64_t>::max()) const {
        const auto value = get<std::int64_t>(name);
        if (value < least || value > most) refuse("{} of {} is {}, which is impossible", name, path_, value);
        return value;
    }

    int small(std::string_view name, int least) const {
        return static_cast<int>(whole(name, least, std::numeric_limits<int>::max()));
    }

    double seconds(std::string_view name) const {
        const auto value = get<double>(name);
        if (!std::isfinite(value) || value < 0) refuse("{} of {} is {}, not a time", name, path_, value);
        return value;
    }

    // The enumerator whose name is the attribute's text.
    template <class Enum>
    Enum named(std::string_view name, Enum (*from_name)(std::string_view)) const {
        try {
            return from_name(text(name));
        } catch (const std::invalid_argument& error) {
            refuse("{} of {}: {}", name, path_, error.what());
        }
    }

  private:
    const Value* find(std::string_view name) const {
        const auto found =
            std::find_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.first == name; });
        return found == facts_.end() ? nullptr : &found->second;
    }

    template <class Kind>
    Kind get(std::string_view name) const {
        const auto* held = find(name);
        const auto* value = held == nullptr ? nullptr : std::get_if<Kind>(held);
        if (value == nullptr) refuse("{} has no attribute {} of the right kind", path_, name);
        return *value;
    }

    std::string path_;
    Facts facts_;
};

// Rows whose members are the table's columns of these names.
template <class Row>
class Rows {
  public:
    Rows(const hdf5::Group& group, const std::string& name)
        : path_(group.path() + "/" + name), table_(group.read_table(name)) {
        if (table_.empty()) return;
        rows_.resize(std::visit([](const auto& cells) { return cells.size(); }, table_.front().second));
    }

    template <class Member>
    Rows& fill(const std::string& column, Member Row::*member) {
        if constexpr (std::is_same_v<Member, std::string>) {
            const auto& cells = get<std::string>(column);
            for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].*member = cells[i];
        } else {
            const auto& cells = get<std::int64_t>(column);
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                if (!std::in_range<Member>(cells[i])) refuse("{} of {} is {}", column, path_, cells[i]);
                rows_[i].*member = static_cast<Member>(cells[i]);
            }
        }
        return *this;
    }

    std::vector<Row> rows() const { return rows_; }

  private:
    template <class Cell>
    const std::vector<Cell>& get(const std::string& column) const {
        static const std::vector<Cell> none;
        if (table_.empty()) return none;
        for (const auto& [name, cells] : table_) {
            const auto* found = std::get_if<std::vector<Cell>>(&cells);
            if (name == column && found != nullptr) return *found;
        }
        refuse("{} has no column {} of the right kind", path_, column);
    }

    std::string path_;
    hdf5::Table table_;
    std::vector<Row> rows_;
};

}  // namespace pacer
