// What timings summary shows of race.
#include "common/report/headlines.hpp"

#include "apps/race/race.hpp"

namespace pacer::race {

std::vector<HeadlineRule> headlines() {
    return {
        {"atomic_increment", "an atomic increment of a shared counter", "atomic", "place", "threads",
         Cores::any, Quantity::seconds_per_item},
    };
}

}  // namespace pacer::race
