// What the program that includes this was built from. Where Pacer is installed another file has this place,
// which tells of the project that uses it.
#pragma once

#include "common/base/build_info.hpp"

namespace pacer {

inline const BuildInfo& program_build() {
    return pacer_build();
}

}  // namespace pacer
