// The folder of this launch, which holds all that it writes but the dump.
#pragma once

#include <string>

#include "common/parallel/team.hpp"

namespace pacer::storage {

class Folder {
  public:
    // Makes pacer-storage-XXXXXX in `parent`. Throws UsageError on every rank if that cannot be made, or if a
    // node does not see it. Collective.
    Folder(const Team& world, const std::string& parent);
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    // Rank 0 removes it, with all that is in it; the others must have done with it.
    ~Folder() { remove(); }

    const std::string& path() const { return path_; }

  private:
    void remove() const;

    std::string path_;
    bool own_ = false;  // this rank has made it
};

}  // namespace pacer::storage
