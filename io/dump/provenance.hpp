// What tells one program and one way of calling it from others, whatever they are named.
#pragma once

#include "common/base/facts.hpp"

namespace pacer {

// program_hash, of the bytes of the running program, and options_hash, of its arguments but for --dump:
// XXH3-128 in hexadecimal. What cannot be read is left out.
Facts provenance();

}  // namespace pacer
