#include "apps/storage/entries.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "apps/storage/data.hpp"

namespace pacer::storage {

namespace {

[[noreturn]] void refuse(const char* what, const std::string& path) {
    throw UsageError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

// How many of the files `test` holds of.
template <class Test>
std::int64_t count(const Entries& entries, const Test& test) {
    std::int64_t found = 0;
    for (auto number = entries.numbers.begin; number < entries.numbers.end; ++number)
        found += test(entries.path(number), number) ? 1 : 0;
    return found;
}

// Opened and closed: whoever makes a file does that.
int made(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) refuse_to_write(path, errno);
    return file;
}

}  // namespace

Entries entries_of(const Problem& problem, Layout layout, int rank) {
    const Range all{0, problem.files};
    const auto index = static_cast<std::size_t>(layout);
    auto folder = fmt::format("{}/{}-{}-{}", problem.folder, static_cast<int>(problem.action), index,
                              problem.turns[index]);
    if (layout == Layout::alone) return {folder, all};
    if (layout == Layout::apart) folder += fmt::format(".{}", rank);
    return {folder, part_of(all, problem.ranks, rank)};
}

std::int64_t size_of(const Problem& problem, Layout layout, std::int64_t number) {
    constexpr std::uint64_t most = 4096;
    return static_cast<std::int64_t>(Content::stamp(number, salt_of(problem, layout)) % most);
}

std::int64_t make_empty(const Entries& entries) {
    return count(entries, [](const std::string& path, std::int64_t) {
        if (::close(made(path)) != 0) refuse_to_write(path, errno);
        return true;
    });
}

std::int64_t remove(const Entries& entries) {
    return count(entries, [](const std::string& path, std::int64_t) {
        if (::unlink(path.c_str()) != 0) refuse("remove", path);
        return true;
    });
}

std::int64_t add_up_sizes(const Entries& entries, std::int64_t& sum) {
    return count(entries, [&](const std::string& path, std::int64_t) {
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0) refuse("find", path);
        sum += found.st_size;
        return true;
    });
}

std::int64_t count_empty(const Entries& entries) {
    return count(entries, [](const std::string& path, std::int64_t) {
        struct stat found {};
        return ::stat(path.c_str(), &found) == 0 && found.st_size == 0;
    });
}

std::int64_t count_missing(const Entries& entries) {
    return count(entries, [](const std::string& path, std::int64_t) {
        struct stat found {};
        return ::stat(path.c_str(), &found) != 0 && errno == ENOENT;
    });
}

void make_sized(const Problem& problem, Layout layout, const Entries& entries) {
    count(entries, [&](const std::string& path, std::int64_t number) {
        const Descriptor file(made(path));
        if (::ftruncate(file.get(), size_of(problem, layout, number)) != 0) refuse_to_write(path, errno);
        return true;
    });
}

}  // namespace pacer::storage
