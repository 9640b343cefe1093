// storage: what a file system gives to one rank and to all of them. The problems, the answer, and the table
// of variants.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/storage/content.hpp"
#include "apps/storage/page_cache.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"

namespace pacer::storage {

// What is timed. Each is a problem, in the order of `experiments`.
enum class Action { write, fsync, read, create, stat, unlink };

// Who works on which files: rank 0 alone on one file, or in one folder; each rank on a file, or in a folder,
// of its own; all ranks on the same file, or in the same folder.
enum class Layout : std::int64_t { alone, apart, together };
constexpr std::size_t layouts = 3;

struct Settings {
    std::int64_t bytes = 64 << 20;
    std::int64_t block = 1 << 20;
    std::int64_t files = 200;
    std::string folder = ".";
};

// Throws UsageError if these cannot be worked with.
void check(const Settings& settings);

// Whose data and files a rank reads, and looks at.
struct Partner {
    int rank = 0;
    bool on_own_node = true;
};

// Made outside the clock, by each rank of the launch.
struct Problem {
    Action action = Action::write;
    std::int64_t bytes = 0, block = 0;  // of data, and of each call; unless it is about many files
    std::int64_t files = 0;             // if it is
    std::string folder;                 // of this launch
    int ranks = 1;                      // of the launch
    Partner partner;
    double part_of_own_node = 1;       // of the data, written by rank 0's node; on rank 0
    std::shared_ptr<Content> content;  // what is in the files
    // Nodes keep what is on storage in their page caches, though they are asked to forget it: so a trial has
    // found.
    bool keeps_pages = false;
    // Counts the executions with each layout: each works on new files, with other data in them.
    mutable std::array<std::int64_t, layouts> turns{};
    mutable bool altered = false;  // see alter_of
    mutable Residence residence;   // of what this rank is going to read, when its clock starts
};

struct Answer {
    Part own = {};  // items: bytes or files worked on; partial: what was read added up, or the sizes
    std::string failure = {};  // what the file system refused to this rank
};

using StorageVariant = Variant<Problem, Answer>;
using Groups = std::vector<Group<Problem, Answer>>;

constexpr Layout layout_of(const StorageVariant& variant) {
    return static_cast<Layout>(variant.argument);
}

// Whose data each rank is to read, as node_of tells where the ranks are: each is somebody's partner once, on
// another node if there are enough of them.
std::vector<int> partners(const std::vector<int>& node_of);

// A problem for each of the groups, in their order, in that folder; the files that are read are written here.
// Throws UsageError, on every rank alike: no room, for one. Collective.
std::vector<Problem> make_problems(const Team& world, const Settings& settings, const std::string& folder,
                                   const Groups& chosen);

// Makes the files that are not to be made in the clock; of data that are read the nodes forget what is in
// their page caches.
void prepare(const Problem& problem, const StorageVariant& variant, const Team& team);

// Looks at what was done: the ranks read what their partners wrote, or look for what they made or removed.
// Then all of it goes.
Judgement judge(const Problem& problem, const StorageVariant& variant, Answer& answer, const Team& team);

// Changes the first bytes of the files that `read` reads. None for the others, whose files are new in each
// repeat.
using Alter = void (*)(const Problem&, const StorageVariant&, const Team&);
Alter alter_of(Action action);

Facts parameters(const Problem& problem);
void describe(const Problem& problem, const StorageVariant& variant, Record& record);

// The cases whose files were in the page cache, a hundredth of them or more in most repeats, with their part.
std::vector<Doubt> reads_from_cache(const Launch& launch);

// The variants, a file for those that do the same.
using Way = Answer(const Problem&, const Team&);
template <Layout>
Way write;
template <Layout>
Way fsync;
template <Layout>
Way read;
template <Layout>
Way create;
template <Layout>
Way stat;
template <Layout>
Way unlink;

constexpr StorageVariant row(std::string_view name, std::string_view summary, Way* run, Layout layout) {
    return {name,
            summary,
            run,
            layout == Layout::alone ? Uses::core : Uses::ranks,
            Promise::right,
            std::int64_t(layout)};
}

inline const Groups experiments = {
    {"write",
     "write",
     {row("write", "one rank writes a file, until it is closed", write<Layout::alone>, Layout::alone),
      row("write_files", "each rank a file of its own", write<Layout::apart>, Layout::apart),
      row("write_shared", "each rank its part of one file", write<Layout::together>, Layout::together)}},
    {"fsync",
     "fsync",
     {row("fsync", "the same until fsync() has returned: it is on storage", fsync<Layout::alone>,
          Layout::alone),
      row("fsync_files", "each rank a file of its own", fsync<Layout::apart>, Layout::apart),
      row("fsync_shared", "each rank its part of one file", fsync<Layout::together>, Layout::together)}},
    {"read",
     "read",
     {row("read", "one rank reads a file that all have written", read<Layout::alone>, Layout::alone),
      row("read_files", "each rank the file of another", read<Layout::apart>, Layout::apart),
      row("read_shared", "each rank another's part of one file", read<Layout::together>, Layout::together)}},
    {"create",
     "create",
     {row("create", "one rank makes empty files", create<Layout::alone>, Layout::alone),
      row("create_folders", "each rank in a folder of its own", create<Layout::apart>, Layout::apart),
      row("create_shared", "all ranks in one folder", create<Layout::together>, Layout::together)}},
    {"stat",
     "stat",
     {row("stat", "one rank asks for the sizes of its files", stat<Layout::alone>, Layout::alone),
      row("stat_folders", "each rank of those in another's folder", stat<Layout::apart>, Layout::apart),
      row("stat_shared", "each rank of those that another made in one folder", stat<Layout::together>,
          Layout::together)}},
    {"unlink",
     "unlink",
     {row("unlink", "one rank removes its files", unlink<Layout::alone>, Layout::alone),
      row("unlink_folders", "each rank from a folder of its own", unlink<Layout::apart>, Layout::apart),
      row("unlink_shared", "all ranks from one folder", unlink<Layout::together>, Layout::together)}},
};

}  // namespace pacer::storage
