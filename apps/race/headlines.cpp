// What timings summary shows of race.
#include "common/report/headlines.hpp"

#include "apps/race/race.hpp"

namespace pacer::race {

std::vector<HeadlineRule> headlines() {
    using enum Cores;
    using enum Quantity;
    return {
        {"atomic_increment", "an atomic increment of a shared counter", "atomic", "place", "threads", any,
         seconds_per_item},
    };
}

}  // namespace pacer::race
