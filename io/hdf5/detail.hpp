// Shared by the sources of io/hdf5/hdf5.hpp.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <optional>
#include <string>

#include "io/hdf5/hdf5.hpp"

namespace pacer::hdf5 {

// Throws Error "<doing> failed" if the call that returned `status` failed.
void check(herr_t status, const std::string& doing);

// A string type of that many bytes, at least one.
Id string_type(std::size_t bytes);
bool is_fixed_string(hid_t type);
// The text in a field of fixed length.
std::string text_of(const char* field, std::size_t bytes);

// Bytes of `count` elements; throws Error if that is more than any dump holds: a damaged extent must not ask
// for terabytes.
std::size_t guarded_bytes(hsize_t count, std::size_t element_bytes, const std::string& what);

// An attribute of an object, which `what` names. It is a single value; none if it is missing, or of a kind
// that set_attribute does not write.
void set_attribute(hid_t object, const std::string& name, const Value& value, const std::string& what);
std::optional<Value> attribute_of(hid_t object, const std::string& name, const std::string& what);

}  // namespace pacer::hdf5
