// The bytes of a timing dump; see io/dump/dump.hpp for the layout.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/measure/record.hpp"
#include "io/dump/dump.hpp"

namespace pacer {

// The launches' ids must differ, and a record's samples must fit its repeats and ranks:
// std::invalid_argument.
std::string dump_image(std::span<const Launch> launches);

// Throws std::runtime_error whose what() completes "cannot read FILE: ".
std::vector<Launch> launches_in(const std::string& image, Detail detail = Detail::all);

// The line that ends a dump whose HDF5 file is `bytes`.
std::string checksum_line(std::string_view bytes);

// A case in /index.
struct IndexRow {
    std::string launch, app, variant, uses, promise;
    int ranks = 1, threads = 1;
    std::int64_t batch = 1, checked = 0, failed = 0;
    std::string not_run, parameters;
    std::int64_t repeats = 0;
    bool operator==(const IndexRow&) const = default;
};
struct Index {
    std::vector<IndexRow> rows;   // by launch and case
    std::vector<double> seconds;  // of all of them
    bool operator==(const Index&) const = default;
};

// Of these launches. None if there is no case, or if a text is too long for a table whose rows are all alike
// or has a character that means something there.
std::optional<Index> index_of(std::span<const Launch> launches);

// Between the parameters in a row of the index: "elements=i:2000000000", "source=s:iota", "load=d:0.5".
inline constexpr char parameter_separator = '\x1e';

}  // namespace pacer
