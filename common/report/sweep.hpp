// A launch that goes through many sizes: a row a size instead of a table each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/measure/record.hpp"
#include "common/report/document.hpp"

namespace pacer {

// The parameter in which the problems of these records differ, if it is one alone, a number, and has so many
// values that a table for each would be too long. None if the ranks or threads of a variant change with it:
// they would need a column each.
std::optional<std::string> long_sweep(const std::vector<Record>& records);

// A row a value of the parameter, ascending, a column a variant: bytes a second, or the time of an item where
// there are no bytes; below, what is wrong or was not run.
void describe_sweep(const Launch& launch, const std::string& parameter, Document& document);

}  // namespace pacer
