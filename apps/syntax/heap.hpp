// How much of the heap a piece of code takes at most.
#pragma once

#include <cstdint>

namespace pacer::syntax {

// Watches what the calling thread gets by operator new and gives back by operator delete, which this app
// replaces to that end, for as long as the object lives. One at a time.
class HeapWatch {
  public:
    HeapWatch();
    ~HeapWatch();
    HeapWatch(const HeapWatch&) = delete;
    HeapWatch& operator=(const HeapWatch&) = delete;

    // Bytes taken since the watch began and not yet given back, at their most.
    std::int64_t peak_bytes() const;
};

}  // namespace pacer::syntax
