// Rows of a table of io/dump/tables.hpp to and from a dataset, with the checksum of what was written.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "io/dump/checksum.hpp"
#include "io/dump/refuse.hpp"
#include "io/dump/tables.hpp"
#include "io/hdf5/table.hpp"

namespace pacer::dump {

template <class Member>
constexpr hdf5::Cell cell_of() {
    using Kind = std::remove_cv_t<Member>;
    if (std::is_same_v<Kind, std::string>) return hdf5::Cell::text;
    static_assert(std::is_same_v<Kind, std::string> || std::is_same_v<Kind, double> ||
                  std::is_same_v<Kind, std::int64_t>);
    return std::is_same_v<Kind, double> ? hdf5::Cell::real : hdf5::Cell::whole;
}

// The columns of these rows, texts as wide as the longest.
template <class Row>
std::vector<hdf5::Column> columns_of(const std::vector<Row>& rows) {
    std::vector<hdf5::Column> columns;
    const Row none;
    visit(none, [&](const char* name, const auto& member) {
        const auto cell = cell_of<std::remove_reference_t<decltype(member)>>();
        columns.push_back({name, cell, cell == hdf5::Cell::text ? 1 : sizeof(double)});
    });
    for (const auto& row : rows) {
        auto column = columns.begin();
        visit(row, [&](const char*, const auto& member) {
            if constexpr (std::is_same_v<decltype(member), const std::string&>)
                column->bytes = std::max(column->bytes, member.size());
            ++column;
        });
    }
    return columns;
}

// The checksum of the table written.
template <class Row>
std::string write_rows(const hdf5::Group& group, const std::string& name, const std::vector<Row>& rows) {
    const auto table = hdf5::Table::create(group, name, columns_of(rows), rows.size());
    std::vector<std::string_view> names;
    for (const auto& column : table.columns()) names.push_back(column.name);
    table.set("columns", fmt::format("{}", fmt::join(names, ",")));
    Checksum checksum;
    checksum.add(static_cast<std::int64_t>(rows.size()));
    std::vector<char> bytes;
    for (std::size_t first = 0; first < rows.size(); first += table.rows_at_once()) {
        const auto count = std::min(table.rows_at_once(), rows.size() - first);
        bytes.assign(count * table.row_bytes(), '\0');
        for (std::size_t i = 0; i < count; ++i) {
            auto column = table.columns().begin();
            visit(rows[first + i], [&](const char*, const auto& member) {
                char* const at = &bytes[i * table.row_bytes() + column++->offset];
                checksum.add(member);
                if constexpr (std::is_same_v<decltype(member), const std::string&>) {
                    member.copy(at, member.size());
                } else {
                    std::memcpy(at, &member, sizeof member);
                }
            });
        }
        table.write(first, bytes);
    }
    return checksum.hexadecimal();
}

inline std::string_view text_in(const char* row, const hdf5::Column& column) {
    const char* const begin = row + column.offset;
    return {begin, std::find(begin, begin + column.bytes, '\0')};
}

inline void get(const char* row, const hdf5::Column& column, std::string& member) {
    member = text_in(row, column);
}
inline void get(const char* row, const hdf5::Column& column, auto& member) {
    std::memcpy(&member, row + column.offset, sizeof member);
}

inline void add_cell(Checksum& checksum, const char* row, const hdf5::Column& column) {
    std::int64_t whole = 0;
    double real = 0;
    switch (column.cell) {
        case hdf5::Cell::text:
            return checksum.add(text_in(row, column));
        case hdf5::Cell::real:
            get(row, column, real);
            return checksum.add(real);
        case hdf5::Cell::whole:
            get(row, column, whole);
            return checksum.add(whole);
    }
}

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

// Which of the columns each member of Row is, nowhere for one that older dumps lack; refuses the table if one
// is missing or of another kind.
template <class Row>
std::vector<std::size_t> places_of_members(const std::vector<hdf5::Column>& columns,
                                           const std::string& name) {
    std::vector<std::size_t> places;
    const Row none;
    visit(none, [&](const std::string_view member_name, const auto& member) {
        const auto found = std::find_if(columns.begin(), columns.end(),
                                        [&](const auto& column) { return column.name == member_name; });
        if (found == columns.end() && may_lack(name, member_name)) return places.push_back(nowhere);
        if (found == columns.end() || found->cell != cell_of<std::remove_reference_t<decltype(member)>>())
            refuse("table {} has no column {} of the right kind under its checksum", name, member_name);
        places.push_back(static_cast<std::size_t>(found - columns.begin()));
    });
    return places;
}

// The rows of a table; what all its columns hold goes into the checksum too.
template <class Row>
std::vector<Row> rows_in(const hdf5::Table& table, const std::string& name, Checksum* checksum = nullptr) {
    const auto& columns = table.columns();
    const auto places = places_of_members<Row>(columns, name);
    std::vector<Row> rows;
    std::vector<char> bytes;
    for (std::size_t first = 0; first < table.rows(); first += table.rows_at_once()) {
        const auto count = std::min(table.rows_at_once(), table.rows() - first);
        bytes.resize(count * table.row_bytes());
        table.read(first, bytes);
        rows.resize(first + count);
        for (std::size_t i = 0; i < count; ++i) {
            const char* const row = &bytes[i * table.row_bytes()];
            if (checksum != nullptr) {
                for (const auto& column : columns) add_cell(*checksum, row, column);
            }
            auto place = places.begin();
            visit(rows[first + i], [&](const char*, auto& member) {
                if (const auto its = *place++; its != nowhere) get(row, columns[its], member);
            });
        }
    }
    return rows;
}

// A table that is to have that many rows and, over its columns, that checksum: refused if not.
template <class Row>
std::vector<Row> read_rows(const hdf5::Table& table, const std::string& name, std::size_t count,
                           const std::string& wanted) {
    if (table.rows() != count)
        refuse("it is damaged or was changed: table {} has {} rows, not the {} written", name, table.rows(),
               count);
    Checksum checksum;
    checksum.add(static_cast<std::int64_t>(count));
    auto rows = rows_in<Row>(table, name, &checksum);
    if (checksum.hexadecimal() != wanted)
        refuse("it is damaged or was changed: the checksum of table {} differs", name);
    return rows;
}

}  // namespace pacer::dump
