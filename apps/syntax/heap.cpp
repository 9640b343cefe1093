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

void* take_if_there(std::size_t bytes) {
    void* const memory = std::malloc(std::max<std::size_t>(bytes, 1));
    meter.taken(memory);
    return memory;
}

void* take(std::size_t bytes) {
    void* const memory = take_if_there(bytes);
    if (!memory) throw std::bad_alloc();
    return memory;
}

void give_back(void* memory) {
    meter.given_back(memory);
    std::free(memory);
}

}  // namespace

// All forms without alignment: the standard library's own call each other, but a sanitizer's do not.
void* operator new(std::size_t bytes) {
    return take(bytes);
}
void* operator new[](std::size_t bytes) {
    return take(bytes);
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return take_if_there(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return take_if_there(bytes);
}
void operator delete(void* memory) noexcept {
    give_back(memory);
}
void operator delete[](void* memory) noexcept {
    give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    give_back(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    give_back(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
    give_back(memory);
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
