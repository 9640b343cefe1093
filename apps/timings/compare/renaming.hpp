// Cases that were renamed or got another parameter, so that they can be compared all the same.
#pragma once

#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

// Gives cases of the baseline the names that they have now. Each of `pairs` is "OLD=NEW", both of them
// APP/VARIANT, or /VARIANT for any app. Throws UsageError for another form and for an OLD that is not there.
void rename_cases(std::vector<Launch>& base, const std::vector<std::string>& pairs);

// Takes these parameters from the cases of all launches. Throws UsageError for one that no case has.
void ignore_parameters(const std::vector<std::vector<Launch>*>& sides,
                       const std::vector<std::string>& parameters);

}  // namespace pacer::timings
