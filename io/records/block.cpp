#include "io/records/block.hpp"

#include <xxhash.h>

namespace pacer {

std::uint64_t hash(const void* data, std::size_t bytes) {
    return ::XXH3_64bits(data, bytes);
}

}  // namespace pacer
