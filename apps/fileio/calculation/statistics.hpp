// Statistics of columns of numbers, exact until they are rounded once at the end: the same for any order and
// division.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/exact_sum/wide_sum.hpp"

namespace pacer::fileio {

struct ColumnStatistics {
    std::int64_t count = 0;
    double mean = 0, variance = 0;  // correctly rounded; variance with n - 1, NaN of less than 2 values
    double min = 0, max = 0;        // -0 is less than +0; NaN of no value
    std::int64_t missing = 0;
    bool operator==(const ColumnStatistics&) const = default;
};

class Statistics {
  public:
    // Columns it keeps, 2 KiB each; the memory of all that are kept at a time is for the caller to bound.
    static constexpr std::size_t most_columns = 65536;

    // Finite, or NaN for a missing value, which is only counted; field i belongs to column i. Throws
    // std::length_error beyond most_columns.
    void add(std::span<const double> fields);
    void merge(const Statistics& other);
    std::vector<ColumnStatistics> columns() const;

    // As bytes, compact, the same on every machine of the same byte order; equal statistics become equal
    // bytes.
    void append_to(Bytes& bytes) const;
    static Statistics read(std::span<const char> bytes);  // throws std::invalid_argument for anything else

  private:
    struct Column {
        std::int64_t count = 0, missing = 0;
        double min = std::numeric_limits<double>::infinity();
        double max = -std::numeric_limits<double>::infinity();
        WideSum sum, squares;
    };
    std::vector<Column> columns_;
};

}  // namespace pacer::fileio
