#include "common/base/bytes.hpp"

#include <cstring>

namespace pacer {

void append_bytes(Bytes& bytes, const void* from, std::size_t count) {
    if (count == 0) return;  // from nowhere, perhaps
    const auto before = bytes.size();
    bytes.resize(before + count);
    std::memcpy(bytes.data() + before, from, count);
}

}  // namespace pacer
