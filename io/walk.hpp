// The files of an input, in a stable order, found as they are needed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pacer {

struct Found {
    std::string path;  // "standard input" for -
    bool standard_input = false;
};

// What folders hold and do not give: hidden and .part entries, what is neither file nor folder, and files and
// folders that were there before, by links. Excluded paths are not counted.
struct LeftOut {
    std::int64_t entries = 0;
    std::string first, why;  // of the first one
};

class Walk {
  public:
    // `inputs`: files, folders and "-"; see Reader. `excluded`: paths that folders do not offer. Throws
    // UsageError unless all inputs are there and may be read.
    Walk(std::vector<std::string> inputs, const std::vector<std::string>& excluded);

    // The next file. A folder is listed when it is reached. A file or folder that links below one name of the
    // input lead to again comes once. Throws UsageError: a folder cannot be read, or a
    // link in it leads nowhere.
    std::optional<Found> next();

    const LeftOut& left_out() const { return left_out_; }  // so far

  private:
    struct Folder {
        std::string path, canonical;
        std::vector<std::string> names;  // sorted
        std::size_t passed = 0;          // of these
    };

    using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device and number there

    std::optional<Found> enter(const std::string& input);
    std::optional<Found> enter(const Folder& folder, const std::string& name);
    bool is_new_file(const Identity& file, bool link);
    void descend(const std::string& path);
    std::vector<std::string> sorted_names(const std::string& folder);
    void leave_out(const std::string& path, const char* why);
    bool is_excluded(const Folder& folder, const std::string& name, bool link) const;

    std::vector<std::string> inputs_;
    std::size_t passed_ = 0;          // of the inputs
    std::vector<Folder> folders_;     // from the one named to the one being walked
    std::set<Identity> entered_;      // folders below the input's current name
    std::map<Identity, bool> given_;  // files there; whether by a link
    std::set<std::string> excluded_;  // canonical
    LeftOut left_out_;
};

// On disk; -1 for pipes, terminals and whatever else is read once, from front to back. Throws UsageError if
// there is nothing of that name.
std::int64_t bytes_of(const Found& found);

}  // namespace pacer
