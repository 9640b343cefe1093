// Datasets of rows: columns of whole numbers, reals, and strings of fixed length.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace pacer::hdf5 {

enum class Cell { whole, real, text };  // int64, float64, UTF-8 padded with zeros

struct Column {
    std::string name;
    Cell cell = Cell::whole;
    std::size_t bytes = 8;  // of a text: of the longest one, at least 1
    std::size_t offset = 0;
    bool ascii = false;  // of a text: HDF5 does not convert between ASCII and UTF-8
};

// Rows lie in memory as in the file: column after column, without gaps.
class Table {
  public:
    // Chunked, shuffled and deflated. Sets the columns' offsets.
    static Table create(const Group& group, const std::string& name, std::vector<Column> columns,
                        std::size_t rows);
    // All columns of the kinds above, in the order of the file, or those of these names in this order. Throws
    // Error if there is no such table, or it lacks one of them.
    static Table open(const Group& group, const std::string& name);
    static Table open(const Group& group, const std::string& name, const std::vector<std::string>& columns);

    std::size_t rows() const { return rows_; }
    std::size_t row_bytes() const { return row_bytes_; }
    const std::vector<Column>& columns() const { return columns_; }
    // As many as are moved at once without taking much memory; at least one.
    std::size_t rows_at_once() const;

    // As of a group.
    void set(const std::string& attribute, const Value& value) const;
    std::optional<Value> attribute(const std::string& name) const;

    // Whole rows, from the row `first` on.
    void write(std::size_t first, std::span<const char> bytes) const;
    void read(std::size_t first, std::span<char> bytes) const;

  private:
    Table(std::string path, Id dataset, std::vector<Column> columns, std::size_t rows);
    Id rows_in_file(std::size_t first, std::size_t count) const;

    std::string path_;
    Id dataset_;
    std::vector<Column> columns_;
    std::size_t rows_ = 0, row_bytes_ = 0;
    Id type_;
};

}  // namespace pacer::hdf5
