// What timings summary shows of race.
#include "apps/race/app.hpp"

namespace pacer::race {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    return {
        {"atomic_increment", "an atomic increment of a shared counter", "atomic", "place", "threads", any,
         seconds_per_item},
    };
}

}  // namespace pacer::race
