#include "apps/storage/folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "common/base/say.hpp"
#include "io/files/part_file.hpp"

namespace pacer::storage {

namespace {

namespace fs = std::filesystem;

// A network file system may show a new name late.
bool appears(const std::string& path) {
    constexpr int most_tries = 50;
    struct stat found {};
    for (int tries = 0; ::stat(path.c_str(), &found) != 0; ++tries) {
        if (tries == most_tries) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return true;
}

}  // namespace

Folder::Folder(const Team& world, const std::string& parent) {
    on_root(world, [&] {
        std::error_code failed;
        const auto folder = fs::canonical(parent, failed);
        if (failed) refuse_to_write(parent, failed.value());
        path_ = folder / "pacer-storage-XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) refuse_to_write(folder, errno);
        own_ = true;
    });
    path_ = text_of_rank(world, 0, path_);
    try {
        on_every_rank(world, [&] {
            if (!appears(path_))
                throw UsageError(fmt::format(
                    "{} does not see {}, which rank 0 has made: --folder names one that all nodes share",
                    host_name(), path_));
        });
    } catch (...) {
        remove();
        throw;
    }
}

void Folder::remove() const {
    if (!own_) return;
    std::error_code failed;
    fs::remove_all(path_, failed);
    if (failed) say("storage: cannot remove {}: {}\n", path_, failed.message());
}

}  // namespace pacer::storage
