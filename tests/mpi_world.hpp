// The team of all ranks, for tests that run on several.
#pragma once

#include "common/team.hpp"

namespace pacer {

const Team& world();

}  // namespace pacer
