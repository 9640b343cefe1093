// Shared by the sources of io/hdf5/hdf5.hpp.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string>
#include <vector>

#include "io/hdf5/hdf5.hpp"

namespace pacer::hdf5 {

// Throws Error "<doing> failed" if the call that returned `status` failed.
void check(herr_t status, const std::string& doing);

// A string type of that many bytes, at least one.
Id string_type(std::size_t bytes);
bool is_fixed_string(hid_t type);
std::size_t longest_of(const std::vector<std::string>& texts);

// The text in a field of fixed length.
std::string text_of(const char* field, std::size_t bytes);

// Bytes of `count` elements; throws Error if that is more than any dump holds: a damaged extent must not ask
// for terabytes.
std::size_t guarded_bytes(hsize_t count, std::size_t element_bytes, const std::string& what);

// A dataset opened to be read.
struct Group::Dataset {
    std::string path;
    Id id, type;
    std::vector<hsize_t> extent;
};

}  // namespace pacer::hdf5
