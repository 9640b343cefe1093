#include "io/hdf5/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/hdf5/detail.hpp"

namespace pacer::hdf5 {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t longest_row = std::size_t{1} << 24;  // bytes; what is longer is no table of numbers
constexpr unsigned effort = 4;                             // of deflate, 1 to 9

Id type_of(const Column& column) {
    if (column.cell == Cell::text) {
        auto type = string_type(column.bytes);
        if (column.ascii) check(H5Tset_cset(type, H5T_CSET_ASCII), "choosing a string's character set");
        return type;
    }
    return {H5Tcopy(column.cell == Cell::whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE), H5Tclose,
            "creating a column's type"};
}

// Sets the offsets; returns the bytes of a row.
std::size_t lay_out(std::vector<Column>& columns) {
    std::size_t end = 0;
    for (auto& column : columns) {
        column.offset = end;
        end += column.bytes;
    }
    return end;
}

Id row_type(const std::vector<Column>& columns, std::size_t row_bytes, const std::string& path) {
    if (columns.empty() || row_bytes > longest_row)
        throw Error(fmt::format("{} has rows of {} columns and {} bytes", path, columns.size(), row_bytes));
    Id type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose, "creating a table's type");
    for (const auto& column : columns) {
        check(H5Tinsert(type, column.name.c_str(), column.offset, type_of(column)),
              "adding column " + column.name + " of " + path);
    }
    return type;
}

Id creation_properties(std::size_t rows, std::size_t row_bytes) {
    Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "creating a property list");
    const hsize_t chunk = std::clamp<hsize_t>(chunk_bytes / row_bytes, 1, std::max<hsize_t>(rows, 1));
    check(H5Pset_chunk(properties, 1, &chunk), "choosing chunks");
    check(H5Pset_shuffle(properties), "choosing to shuffle");
    check(H5Pset_deflate(properties, effort), "choosing to deflate");
    check(H5Pset_obj_track_times(properties, false), "leaving out a dataset's times");
    return properties;
}

// The member of a compound type as a column; none for other kinds.
std::optional<Column> column_of(hid_t compound, unsigned member, const std::string& path) {
    const Id type(H5Tget_member_type(compound, member), H5Tclose, "reading a column's type in " + path);
    char* const name = H5Tget_member_name(compound, member);
    if (name == nullptr) throw Error("reading a column's name in " + path + " failed");
    Column column{name};
    H5free_memory(name);
    const auto kind = H5Tget_class(type);
    if (is_fixed_string(type)) {
        column.cell = Cell::text;
        column.bytes = H5Tget_size(type);
        column.ascii = H5Tget_cset(type) == H5T_CSET_ASCII;
    } else if (kind == H5T_FLOAT) {
        column.cell = Cell::real;
    } else if (kind != H5T_INTEGER) {
        return std::nullopt;
    }
    return column;
}

std::vector<Column> columns_in(hid_t compound, const std::string& path) {
    if (H5Tget_class(compound) != H5T_COMPOUND) throw Error(path + " is no table");
    const int members = H5Tget_nmembers(compound);
    check(members, "counting the columns of " + path);
    std::vector<Column> columns;
    for (unsigned i = 0; i < static_cast<unsigned>(members); ++i) {
        if (auto column = column_of(compound, i, path)) columns.push_back(std::move(*column));
    }
    return columns;
}

std::vector<Column> chosen(const std::vector<Column>& all, const std::vector<std::string>& names,
                           const std::string& path) {
    std::vector<Column> columns;
    for (const auto& name : names) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Column& column) { return column.name == name; });
        if (found == all.end()) throw Error("finding the columns of " + path + " failed");
        columns.push_back(*found);
    }
    return columns;
}

}  // namespace

Table::Table(std::string path, Id dataset, std::vector<Column> columns, std::size_t rows)
    : path_(std::move(path)),
      dataset_(std::move(dataset)),
      columns_(std::move(columns)),
      rows_(rows),
      row_bytes_(lay_out(columns_)),
      type_(row_type(columns_, row_bytes_, path_)) {}

Table Table::create(const Group& group, const std::string& name, std::vector<Column> columns,
                    std::size_t rows) {
    const auto path = group.path_of(name);
    const auto row_bytes = lay_out(columns);
    const auto type = row_type(columns, row_bytes, path);
    const hsize_t extent = rows, no_end = H5S_UNLIMITED;  // HDF5 has no chunks in a dataset that stays empty
    const Id space(H5Screate_simple(1, &extent, rows == 0 ? &no_end : nullptr), H5Sclose,
                   "creating the extent of " + path);
    return {path,
            {H5Dcreate2(group.id(), name.c_str(), type, space, H5P_DEFAULT,
                        creation_properties(rows, row_bytes), H5P_DEFAULT),
             H5Dclose, "creating " + path},
            std::move(columns),
            rows};
}

Table Table::open(const Group& group, const std::string& name) {
    auto dataset = group.open_dataset(name, 1);
    return {dataset.path, std::move(dataset.id), columns_in(dataset.type, dataset.path),
            static_cast<std::size_t>(dataset.extent[0])};
}

Table Table::open(const Group& group, const std::string& name, const std::vector<std::string>& columns) {
    auto dataset = group.open_dataset(name, 1);
    return {dataset.path, std::move(dataset.id),
            chosen(columns_in(dataset.type, dataset.path), columns, dataset.path),
            static_cast<std::size_t>(dataset.extent[0])};
}

std::size_t Table::rows_at_once() const {
    return std::max<std::size_t>(1, chunk_bytes / row_bytes_);
}

void Table::set(const std::string& attribute, const Value& value) const {
    set_attribute(dataset_, attribute, value, "attribute " + attribute + " of " + path_);
}

std::optional<Value> Table::attribute(const std::string& name) const {
    return attribute_of(dataset_, name, "attribute " + name + " of " + path_);
}

Id Table::rows_in_file(std::size_t first, std::size_t count) const {
    Id space(H5Dget_space(dataset_), H5Sclose, "reading the extent of " + path_);
    const hsize_t start = first, length = count;
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &length, nullptr),
          "choosing rows of " + path_);
    return space;
}

void Table::write(std::size_t first, std::span<const char> bytes) const {
    const hsize_t count = bytes.size() / row_bytes_;
    const Id memory(H5Screate_simple(1, &count, nullptr), H5Sclose, "choosing rows of " + path_);
    check(H5Dwrite(dataset_, type_, memory, rows_in_file(first, count), H5P_DEFAULT, bytes.data()),
          "writing " + path_);
}

void Table::read(std::size_t first, std::span<char> bytes) const {
    const hsize_t count = bytes.size() / row_bytes_;
    const Id memory(H5Screate_simple(1, &count, nullptr), H5Sclose, "choosing rows of " + path_);
    check(H5Dread(dataset_, type_, memory, rows_in_file(first, count), H5P_DEFAULT, bytes.data()),
          "reading " + path_);
}

}  // namespace pacer::hdf5
