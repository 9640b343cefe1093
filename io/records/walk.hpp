// The files of an input, in a stable order, found as they are needed.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/files/stream.hpp"

namespace pacer {

// What is not given: of folders hidden and .part entries and what is neither file nor folder; and of all
// inputs files and folders that were there before, if a link led there then or does now. Excluded paths are
// not counted.
struct LeftOut {
    std::int64_t entries = 0;
    std::string first, why;  // of the first one
};

class Walk {
  public:
    // `inputs`: files, folders and "-"; see Reader. `included`: patterns that the names of files must fit for
    // folders to offer them; none: any. `excluded`: paths that folders do not offer. Throws UsageError unless
    // all inputs are there and may be read.
    Walk(std::vector<std::string> inputs, std::vector<std::string> included,
         const std::vector<std::string>& excluded);

    // The next file. A folder is listed when it is reached. A file or folder comes as often as by names that
    // are no links, and once if there are only links. Throws UsageError: a folder cannot be read, or a link
    // in it leads nowhere.
    std::optional<Found> next();

    const LeftOut& left_out() const { return left_out_; }  // so far
    const std::string& again() const { return again_; }  // the first path so far to come once more; or empty

  private:
    struct Folder {
        std::string path, canonical;
        bool by_link = false;            // it was reached
        std::vector<std::string> names;  // sorted
        std::size_t passed = 0;          // of these
    };

    using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device and number there

    std::optional<Found> enter(const std::string& input);
    std::optional<Found> enter(const Folder& folder, const std::string& name);
    bool is_to_come(const std::string& path, const struct stat& status, bool by_link);
    void descend(const std::string& path, bool by_link);
    std::vector<std::string> sorted_names(const std::string& folder);
    void leave_out(const std::string& path, const char* why);
    bool is_included(const std::string& name) const;
    bool is_excluded(const Folder& folder, const std::string& name, bool link) const;

    std::vector<std::string> inputs_, included_;
    std::size_t passed_ = 0;          // of the inputs
    std::vector<Folder> folders_;     // from the one named to the one being walked
    std::set<Identity> entered_;      // folders
    std::map<Identity, bool> given_;  // files; whether only by a link
    std::set<std::string> excluded_;  // canonical
    LeftOut left_out_;
    std::string again_;
};

// The file as Stream finds it; of a stream, which is not opened, only the name.
InputFile look_at(const Found& found);

// On disk; -1 for pipes, terminals and whatever else is read once, from front to back. Throws UsageError if
// there is nothing of that name.
std::int64_t bytes_of(const Found& found);

}  // namespace pacer
