#include "apps/syntax/heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

struct Meter {
    bool watching = false;
    std::int64_t bytes = 0, peak_bytes = 0;

    // What malloc set aside, which may be more than was asked for.
    static std::int64_t size(void* memory) { return static_cast<std::int64_t>(malloc_usable_size(memory)); }
    void taken(void* memory) {
        if (!watching) return;
        bytes += size(memory);
        peak_bytes = std::max(peak_bytes, bytes);
    }
    void given_back(void* memory) {
        if (watching) bytes -= size(memory);
    }
};

constinit thread_local Meter meter;

}  // namespace

// The forms for arrays, and those that do not throw, call these.
void* operator new(std::size_t bytes) {
    void* const memory = std::malloc(std::max<std::size_t>(bytes, 1));
    if (!memory) throw std::bad_alloc();
    meter.taken(memory);
    return memory;
}

void operator delete(void* memory) noexcept {
    meter.given_back(memory);
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    meter.given_back(memory);
    std::free(memory);
}

namespace pacer::syntax {

HeapWatch::HeapWatch() {
    meter = {true, 0, 0};
}

HeapWatch::~HeapWatch() {
    meter.watching = false;
}

std::int64_t HeapWatch::peak_bytes() const {
    return meter.peak_bytes;
}

}  // namespace pacer::syntax
