// The many small files: their names, and what is done to each of them.
#pragma once

#include <cstdint>
#include <string>

#include "apps/storage/storage.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::storage {

// Files `numbers` in a folder.
struct Entries {
    std::string folder;
    Range numbers;
    std::string path(std::int64_t number) const { return folder + "/" + std::to_string(number); }
};

// Those that belong to that rank in this turn.
Entries entries_of(const Problem& problem, Layout layout, int rank);

// The bytes of a file that is asked for its size.
std::int64_t size_of(const Problem& problem, Layout layout, std::int64_t number);

// Each of them is done to all the files, and returns to how many; all but the last two throw UsageError for
// what the file system refuses.
std::int64_t make_empty(const Entries& entries);
std::int64_t remove(const Entries& entries);
std::int64_t add_up_sizes(const Entries& entries, std::int64_t& sum);
std::int64_t count_empty(const Entries& entries);    // that are there, and empty
std::int64_t count_missing(const Entries& entries);  // that are not there

// Makes them with their sizes; the folder must be there.
void make_sized(const Problem& problem, Layout layout, const Entries& entries);

}  // namespace pacer::storage
