// What timings summary shows of storage. What came from the page cache is no figure of a storage.
#include "apps/storage/app.hpp"

namespace pacer::storage {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    return {
        {"storage_write", "written to storage, with fsync", "", "action", "fsync", any, rate},
        {"storage_read", "read from storage", "", "action", "read", any, rate, "from", "storage"},
        {"storage_create", "empty files made", "", "action", "create", any, rate},
    };
}

}  // namespace pacer::storage
