#include "apps/syntax/tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "common/base/status.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/team.hpp"

namespace pacer::syntax {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, int error) {
    throw UsageError(
        fmt::format("cannot make {}: {}; TMPDIR names the folder for temporary files, --files how "
                    "many to make",
                    path.string(), std::strerror(error)));
}

void make_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) refuse(path, errno);
    ::close(descriptor);
}

void make_files(const fs::path& root, std::int64_t files) {
    fs::path folder, made;
    for (std::int64_t i = 0; i < files; ++i) {
        if (stop_requested()) return;  // nothing will be searched
        if (i % files_a_folder == 0) {
            folder = root / fmt::format("{:06}", i / files_a_folder);
            if (std::error_code error; !fs::create_directory(folder, error)) refuse(folder, error.value());
        }
        const auto file = folder / fmt::format("{}.{}", i, i % files_a_folder == 0 ? "found" : "txt");
        // Another name of a file is made many times faster than a file, where the file system has that, and
        // as many times as it allows.
        if (made.empty() || ::link(made.c_str(), file.c_str()) != 0) make_file(made = file);
    }
}

}  // namespace

TemporaryTree::TemporaryTree(std::int64_t files) {
    const char* folder = std::getenv("TMPDIR");
    if (folder == nullptr || *folder == '\0') folder = "/tmp";
    std::string name = fmt::format("{}/pacer-syntax-XXXXXX", folder);
    if (::mkdtemp(name.data()) == nullptr) refuse(name, errno);
    path_ = name;
    try {
        make_files(path_, files);
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
        throw;
    }
}

TemporaryTree::~TemporaryTree() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void TemporaryTree::hide_first(bool hidden) const {
    const auto folder = path_ / "000000", found = folder / "0.found", other = folder / "0.txt";
    std::error_code there_is_none;
    fs::rename(hidden ? found : other, hidden ? other : found, there_is_none);
}

bool is_match(const fs::path& file) {
    return file.native().ends_with(".found");
}

std::int64_t number_of(const fs::path& file) {
    const std::string_view text = file.native();
    const auto name = text.substr(text.rfind('/') + 1);
    std::int64_t number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    return number;
}

}  // namespace pacer::syntax
