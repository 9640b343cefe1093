// A tree of empty files to be searched.
#pragma once

#include <cstdint>
#include <filesystem>

namespace pacer::syntax {

// So many files in folders of 100, in a folder of its own where temporary files go; removed with this object.
// File i is called "<i>.txt", or "<i>.found" if i is a multiple of 100.
class TemporaryTree {
  public:
    explicit TemporaryTree(std::int64_t files);  // throws UsageError
    TemporaryTree(const TemporaryTree&) = delete;
    TemporaryTree& operator=(const TemporaryTree&) = delete;
    ~TemporaryTree();
    const std::filesystem::path& path() const { return path_; }
    // Calls file 0 "0.txt", so that it is none to be found, or "0.found" again.
    void hide_first(bool hidden) const;

  private:
    std::filesystem::path path_;
};

inline constexpr std::int64_t files_a_folder = 100;  // the first of which is to be found

bool is_match(const std::filesystem::path& file);
std::int64_t number_of(const std::filesystem::path& file);  // i

}  // namespace pacer::syntax
