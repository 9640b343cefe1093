// What timings summary shows of reduce.
#include "apps/reduce/app.hpp"

namespace pacer::reduce {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    return {
        {"integers_added_one_core", "integers added, 1 core", "", "source", "iota", one, rate},
        {"integers_added_all_cores", "integers added, all cores", "", "source", "iota", all, rate},
    };
}

}  // namespace pacer::reduce
