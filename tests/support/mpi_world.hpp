// The team of all ranks, for tests that run on several.
#pragma once

#include "common/parallel/team.hpp"

namespace pacer {

const Team& world();

}  // namespace pacer
