// How fast one core reads and writes data of a size that its caches hold or not: what limits follow from.
#pragma once

#include <cstdint>

#include "common/measure/record.hpp"
#include "common/parallel/team.hpp"

namespace pacer::syntax {

// Of one core, bytes a second; 0: not measured.
struct CoreRates {
    double read = 0, written = 0;
};

// The size on which rates are measured that hold for data of so many bytes: smaller data lie in the innermost
// cache too.
std::int64_t probed_bytes(std::int64_t bytes);

// Measured in a third of a second on data of that many bytes. Valid on rank 0. Collective.
CoreRates measure_core_rates(const Team& world, std::int64_t bytes);

// The time below which one core can neither read nor write so many bytes.
Limit limit_of(const CoreRates& rates, double bytes_read, double bytes_written);

}  // namespace pacer::syntax
