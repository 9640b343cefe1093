// Memory fresh from the system, on pages of a chosen size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pacer::memory {

enum class Pages { small, huge };  // 4 KiB (or what the system calls a page), and what it joins them to

class Mapping {
  public:
    Mapping() = default;
    // Untouched and zero. Huge pages are a wish. Throws std::bad_alloc.
    Mapping(std::int64_t bytes, Pages pages);
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();

    template <class T>
    T* as() const {
        return static_cast<T*>(begin_);
    }
    std::int64_t bytes() const;  // from as<>() on that may be used; at least as many as asked for
    explicit operator bool() const { return begin_ != nullptr; }

  private:
    void *mapped_ = nullptr, *begin_ = nullptr;
    std::size_t mapped_bytes_ = 0;
};

inline constexpr std::int64_t huge_page_bytes = 2 << 20;

// Whether so much memory that wishes for huge pages gets them: whether touching it takes few page faults.
bool has_huge_pages(std::int64_t bytes);

}  // namespace pacer::memory
