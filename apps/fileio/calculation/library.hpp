// Calculations from users' own shared libraries: pacer_calculation.h says what these look like.
#pragma once

#include <string>
#include <string_view>

#include "apps/fileio/calculation/calculation.hpp"

namespace pacer::fileio {

// A word that names a library: it has a "/", or ends in ".so" or in ".so:FUNCTION".
bool names_library(std::string_view word);

// Whether a file can be a library: it is an ELF file.
bool is_library(const std::string& path);

// Throws UsageError: it is a file, but no library; and what to do with a program or with a source text.
[[noreturn]] void refuse_no_library(const std::string& path);

// The function FUNCTION (else "calculate") of LIBRARY, for a word that names one. The library stays loaded.
// What the function throws, Calculation::calculate throws. Throws UsageError for whatever keeps it from being
// called.
Calculation library_calculation(const std::string& word);

}  // namespace pacer::fileio
