// The bytes of a timing dump; see io/dump.hpp for the layout.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/record.hpp"

namespace pacer {

// The launches' ids must differ, and a record's samples must fit its repeats and ranks:
// std::invalid_argument.
std::string dump_image(std::span<const Launch> launches);

// Throws std::runtime_error whose what() completes "cannot read FILE: ".
std::vector<Launch> launches_in(const std::string& image);

// The line that ends a dump whose HDF5 file is `bytes`.
std::string checksum_line(std::string_view bytes);

}  // namespace pacer
