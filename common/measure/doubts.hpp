// What makes the times of a launch doubtful, derived from samples and facts when they are read.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

// The stored doubts and those that follow from samples and facts: a time below the limit, medians not known,
// few repeats, a cold first execution, drift, correlation between neighbouring repeats, two modes, outlying
// repeats, batches, the load of other processes, a clock rate that varies. Complete, in the order of
// doubt_kinds().
std::vector<Doubt> all_doubts(const Launch& launch);

struct Warning {
    Gravity gravity = Gravity::doubt;
    std::string words;  // a sentence
};

// One for each doubt about the launch, and one for each kind about its cases, which names at most that many.
std::vector<Warning> warnings_of(const Launch& launch,
                                 std::size_t most_cases = std::numeric_limits<std::size_t>::max());

// Their words.
std::vector<std::string> doubt_sentences(const Launch& launch,
                                         std::size_t most_cases = std::numeric_limits<std::size_t>::max());

// A doubt that several launches share.
struct DoubtGroup {
    std::string sentence;  // values that differ as a range: "other processes took 12-35 % of ..."
    Gravity gravity = Gravity::doubt;
    std::size_t launches = 0;                                // that have it
    std::vector<std::pair<std::string, std::size_t>> cases;  // concerned, and in how many launches
};

// By kind and subject; the most frequent first.
std::vector<DoubtGroup> doubt_groups(const std::vector<Launch>& launches);

}  // namespace pacer
