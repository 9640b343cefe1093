#include "apps/memory/mapping.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

namespace pacer::memory {

Mapping::Mapping(std::int64_t bytes, Pages pages) {
    constexpr auto huge_page = static_cast<std::size_t>(huge_page_bytes);
    const auto rounded =
        std::max<std::size_t>((static_cast<std::size_t>(bytes) + huge_page - 1) / huge_page, 1) * huge_page;
    mapped_bytes_ = rounded + huge_page;  // a part of that length begins where a huge page can
    mapped_ = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) {
        mapped_ = nullptr;
        throw std::bad_alloc();
    }
    const auto address = reinterpret_cast<std::uintptr_t>(mapped_);
    begin_ = static_cast<std::byte*>(mapped_) + (huge_page - address % huge_page) % huge_page;
    madvise(begin_, rounded, pages == Pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

Mapping::Mapping(Mapping&& other) noexcept {
    *this = std::move(other);
}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(mapped_, other.mapped_);
    std::swap(begin_, other.begin_);
    std::swap(mapped_bytes_, other.mapped_bytes_);
    return *this;
}

Mapping::~Mapping() {
    if (mapped_ != nullptr) munmap(mapped_, mapped_bytes_);
}

std::int64_t Mapping::bytes() const {
    return begin_ == nullptr ? 0 : static_cast<std::int64_t>(mapped_bytes_) - huge_page_bytes;
}

bool has_huge_pages(std::int64_t bytes) {
    const std::int64_t small_page = sysconf(_SC_PAGESIZE);
    const auto faults = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_minflt;
    };
    const Mapping mapping(bytes, Pages::huge);
    const auto before = faults();
    for (std::int64_t at = 0; at < bytes; at += small_page) mapping.as<volatile char>()[at] = 1;
    return faults() - before < bytes / small_page / 8;
}

}  // namespace pacer::memory
