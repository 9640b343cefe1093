#include "apps/storage/page_cache.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "apps/storage/data.hpp"

namespace pacer::storage {

namespace {

// A node keeps whole pages, or drops them.
void extend_to_pages(std::int64_t& begin, std::int64_t& end) {
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    begin = begin / page * page;
    end = (end + page - 1) / page * page;
}

}  // namespace

Residence residence(const std::string& path, std::int64_t begin, std::int64_t end) {
    if (begin >= end) return {};
    const DataFile file(path, O_RDONLY);
    extend_to_pages(begin, end);
    const auto bytes = static_cast<std::size_t>(end - begin);
    Residence found{.pages = (end - begin) / sysconf(_SC_PAGESIZE)};
    std::vector<unsigned char> in_memory(static_cast<std::size_t>(found.pages));
    void* const mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.descriptor(), begin);
    const bool told = mapped != MAP_FAILED && mincore(mapped, bytes, in_memory.data()) == 0;
    if (mapped != MAP_FAILED) munmap(mapped, bytes);
    found.cached = !told ? found.pages
                         : std::count_if(in_memory.begin(), in_memory.end(),
                                         [](unsigned char bits) { return (bits & 1U) != 0; });
    return found;
}

Residence forget(const std::string& path, std::int64_t begin, std::int64_t end) {
    if (begin >= end) return {};
    {
        const DataFile file(path, O_RDONLY);
        extend_to_pages(begin, end);
        posix_fadvise(file.descriptor(), begin, end - begin, POSIX_FADV_DONTNEED);
    }
    return residence(path, begin, end);
}

}  // namespace pacer::storage
