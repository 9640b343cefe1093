// A growing run of bytes that is not zeroed first: what is read, sent and received in bulk.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace pacer {

// An allocator whose elements start uninitialised unless a value is given.
template <class T>
struct Uninitialised : std::allocator<T> {
    template <class U>
    struct rebind {
        using other = Uninitialised<U>;
    };
    template <class U>
    void construct(U* at) noexcept(std::is_nothrow_default_constructible_v<U>) {
        ::new (static_cast<void*>(at)) U;
    }
};

using Bytes = std::vector<char, Uninitialised<char>>;

// Appends that many bytes. (Not inline: g++ 12 takes the growing of a vector whose size it knows for an
// overflow.)
void append_bytes(Bytes& bytes, const void* from, std::size_t count);

// Appends the bytes of plain values.
template <class T>
void append(Bytes& bytes, const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    append_bytes(bytes, values, count * sizeof(T));
}

}  // namespace pacer
