// Launches as tables and back.
#pragma once

#include <span>
#include <vector>

#include "common/measure/record.hpp"
#include "io/dump/tables.hpp"

namespace pacer::dump {

// Throws std::invalid_argument if a record's samples do not fit its repeats and ranks.
Tables pack(std::span<const Launch> launches);

// Refuses (std::runtime_error) tables whose keys lead nowhere, whose rows lie in another order, or with
// numbers that no launch has. What unpack takes passes, and what pack makes of a launch that can be.
void check(const Tables& tables);

// Takes only tables that passed check().
std::vector<Launch> unpack(const Tables& tables);

}  // namespace pacer::dump
