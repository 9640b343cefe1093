// What timings summary shows of reduce.
#include "apps/reduce/app.hpp"

namespace pacer::reduce {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    return {
        {"integers_summed_one_core", "integers summed, 1 core", "", "source", "iota", one, rate},
        {"integers_summed_all_cores", "integers summed, all cores", "", "source", "iota", all, rate},
    };
}

}  // namespace pacer::reduce
