// The list of rejected records beside the results.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/fileio/flow/piece.hpp"
#include "io/files/part_file.hpp"
#include "io/records/block.hpp"

namespace pacer::fileio {

// "file:line:column: reason", a line for each rejected record; made when the first one comes. In names of
// files a backslash is written as two, a newline as \n, and other control characters as \x09.
class RejectedList {
  public:
    RejectedList(const std::vector<InputFile>& files, std::string path)
        : files_(files), path_(std::move(path)) {}

    void add(const Piece& piece);
    void finish();
    void commit();

  private:
    void flush();

    const std::vector<InputFile>& files_;
    std::string path_, text_;
    std::optional<PartFile> file_;
};

}  // namespace pacer::fileio
