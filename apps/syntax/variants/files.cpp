// Files of a tree that match, found among all paths, which are collected first, or one by one.
#include "apps/syntax/generator.hpp"
#include "apps/syntax/heap.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

namespace {

using std::filesystem::path;
using std::filesystem::recursive_directory_iterator;

std::vector<path> collect_files(const path& root) {
    std::vector<path> files;
    for (const auto& entry : recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
}

Generator<path> generate_files(const path& root) {
    for (const auto& entry : recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) co_yield entry.path();
    }
}

// What is done with the matches: their numbers, counted from 1, are added up, or the first one's is taken.
struct Search {
    bool only_first;
    std::int64_t total = 0;

    // True if the search goes on.
    bool look_at(const path& file) {
        if (!is_match(file)) return true;
        total += number_of(file) + 1;
        return !only_first;
    }
};

void eager(const path& root, Search& search) {
    for (const auto& file : collect_files(root)) {
        if (!search.look_at(file)) break;
    }
}

void lazy(const path& root, Search& search) {
    for (const auto& file : generate_files(root)) {
        if (!search.look_at(file)) break;
    }
}

void iterator(const path& root, Search& search) {
    for (const auto& entry : recursive_directory_iterator(root)) {
        if (entry.is_regular_file() && !search.look_at(entry.path())) break;
    }
}

template <auto way>
Answer run(const Problem& problem, const Team&) {
    PACER_REGION("find");
    const HeapWatch watch;
    Search search{problem.wanted == "first"};
    way(problem.tree->path(), search);
    Answer answer;
    answer.count = search.total;
    answer.peak_bytes = watch.peak_bytes();
    return answer;
}

constexpr auto ways = std::to_array<Way>({
    {"eager", "all paths in a vector, then a loop over it", run<eager>, Uses::core},
    {"lazy", "a generator, a coroutine that yields one path after the other", run<lazy>, Uses::core},
    {"iterator", "std::filesystem's iterator, in the loop itself", run<iterator>, Uses::core},
});

// All matches are the first files of the folders: 1, 101, 201, ... The first match is the first in the order
// of the file system, which stays the same while nothing is made or removed.
Number want(const Problem& problem) {
    if (problem.wanted == "first") {
        for (const auto& entry : recursive_directory_iterator(problem.tree->path())) {
            if (is_match(entry.path())) return Number::of_whole(number_of(entry.path()) + 1);
        }
        return Number::of_whole(0);
    }
    const Int128 folders = (problem.elements + files_a_folder - 1) / files_a_folder;
    const int hidden = problem.altered && folders > 0 ? 1 : 0;  // file 0, whose number from 1 on is 1
    return Number::of_whole(files_a_folder * (folders * (folders - 1) / 2) + folders - hidden);
}

Number read(const Problem&, const Answer& answer) {
    return Number::of_whole(answer.count);
}

Observations observe(const Problem&, const Answer& answer) {
    return {{"peak_bytes", static_cast<double>(answer.peak_bytes)}};
}

}  // namespace

constinit const Idiom files = {.name = "files", .ways = ways, .want = want, .read = read, .observe = observe};

}  // namespace pacer::syntax
