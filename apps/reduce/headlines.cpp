// What timings summary shows of reduce.
#include "common/report/headlines.hpp"

#include "apps/reduce/reduce.hpp"

namespace pacer::reduce {

std::vector<HeadlineRule> headlines() {
    return {
        {"integers_added_one_core", "integers added, 1 core", "", "source", "iota", Cores::one,
         Quantity::rate},
        {"integers_added_all_cores", "integers added, all cores", "", "source", "iota", Cores::all,
         Quantity::rate},
    };
}

}  // namespace pacer::reduce
