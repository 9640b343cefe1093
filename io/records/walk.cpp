#include "io/records/walk.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/status.hpp"

namespace pacer {

namespace {

namespace fs = std::filesystem;

// What the last of a chain of links is called; `path` itself if it is no link.
std::string end_of_links(std::string path) {
    std::error_code error;
    for (fs::path target; target = fs::read_symlink(path, error), !error;)
        path = (fs::path(path).parent_path() / target).string();
    return path;
}

[[noreturn]] void refuse(const std::string& path, int error) {
    if (error == ENOENT) {
        const auto end = end_of_links(path);
        if (end != path)
            throw UsageError(
                fmt::format("cannot read {}: it is a link to {}, which is not there", path, end));
    }
    const bool handed = path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
    const auto* const advice = error == ENOENT && handed
                                   ? "; mpirun does not hand it on: pipe it to -, instead of <(...)"
                               : error == ENOENT || error == ENOTDIR ? "; check the name"
                               : error == EACCES ? "; ask its owner for permission to read it"
                                                 : "";
    throw UsageError(fmt::format("cannot read {}: {}{}", path, std::strerror(error), advice));
}

struct stat status_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) refuse(path, errno);
    return status;
}

// Not tried by opening: a pipe whose reader goes away kills its writer.
void check_input(const std::string& input) {
    if (input.empty()) throw UsageError("the name of an input is empty; name a file or a folder");
    const auto type = status_of(input).st_mode & S_IFMT;
    if (type == S_IFSOCK) throw UsageError(fmt::format("cannot read {}: it is a socket; name a file", input));
    if (::access(input.c_str(), type == S_IFDIR ? R_OK | X_OK : R_OK) != 0) refuse(input, errno);
}

// Whether a link leads to a folder that it lies in, or that lies in that: round in circles, or out of what
// was named.
bool leads_up(const std::string& link) {
    std::error_code error;
    const auto target = fs::canonical(link, error);
    if (error) refuse(link, error.value());
    const auto folder = fs::canonical(fs::path(link).parent_path(), error);
    if (error) refuse(link, error.value());
    return std::mismatch(target.begin(), target.end(), folder.begin(), folder.end()).first == target.end();
}

const char* kind_of(mode_t type) {
    switch (type) {
        case S_IFIFO:
            return "a pipe";
        case S_IFSOCK:
            return "a socket";
        default:
            return "a device";
    }
}

}  // namespace

Walk::Walk(std::vector<std::string> inputs, std::vector<std::string> included,
           const std::vector<std::string>& excluded)
    : inputs_(std::move(inputs)), included_(std::move(included)) {
    for (const auto& input : inputs_) {
        if (input != "-") check_input(input);
    }
    if (std::count(inputs_.begin(), inputs_.end(), "-") > 1)
        throw UsageError("standard input can be read only once; name - once");
    for (const auto& path : excluded) {
        std::error_code error;
        const auto canonical = fs::weakly_canonical(fs::absolute(path), error);
        if (!error) excluded_.insert(canonical.string());
    }
}

std::optional<Found> Walk::next() {
    for (;;) {
        std::optional<Found> found;
        if (!folders_.empty()) {
            auto& folder = folders_.back();
            if (folder.passed == folder.names.size()) {
                folders_.pop_back();
                continue;
            }
            const auto name = std::move(folder.names[folder.passed++]);
            found = enter(folder, name);
        } else if (passed_ < inputs_.size()) {
            found = enter(inputs_[passed_++]);
        } else {
            return std::nullopt;
        }
        if (found) return found;
    }
}

std::optional<Found> Walk::enter(const std::string& input) {
    if (input == "-") return Found{"standard input", true};
    struct stat status {};
    const bool link = ::lstat(input.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    status = status_of(input);
    if (S_ISDIR(status.st_mode)) {
        descend(input, link);
    } else if (!S_ISREG(status.st_mode) || is_to_come(input, status, link)) {
        return Found{input};
    }
    return std::nullopt;
}

std::optional<Found> Walk::enter(const Folder& folder, const std::string& name) {
    const auto path = (fs::path(folder.path) / name).string();
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) refuse(path, errno);
    const bool link = S_ISLNK(status.st_mode), by_link = link || folder.by_link;
    if (is_excluded(folder, name, link)) return std::nullopt;
    if (link) status = status_of(path);
    const auto type = status.st_mode & S_IFMT;
    if (type == S_IFREG) {
        if (is_included(name) && is_to_come(path, status, by_link)) return Found{path};
    } else if (type == S_IFDIR) {
        if (link && leads_up(path)) {
            leave_out(path, "a link to a folder above it");
        } else {
            descend(path, by_link);
        }
    } else {
        leave_out(path, kind_of(type));
    }
    return std::nullopt;
}

// A link is another name of a file, which comes no more often than by its own names: hard links and what is
// named again. The first of these to come after a link takes the link's place.
bool Walk::is_to_come(const std::string& path, const struct stat& status, bool by_link) {
    const auto [before, is_new] = given_.emplace(Identity{status.st_dev, status.st_ino}, by_link);
    if (is_new) return true;
    if (by_link || std::exchange(before->second, false)) {
        leave_out(path, "the same file as another");
        return false;
    }
    if (again_.empty()) again_ = path;
    return true;
}

// Links may lead round in circles, other names do not.
void Walk::descend(const std::string& path, bool by_link) {
    const auto status = status_of(path);
    const bool is_new = entered_.emplace(status.st_dev, status.st_ino).second;
    if (by_link && !is_new) return leave_out(path, "the same folder as another");
    std::error_code error;
    const auto canonical = excluded_.empty() ? fs::path() : fs::canonical(path, error);
    if (error) refuse(path, error.value());
    folders_.push_back({path, canonical.string(), by_link, sorted_names(path)});
}

std::vector<std::string> Walk::sorted_names(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    if (error) refuse(folder, error.value());
    std::sort(names.begin(), names.end());
    std::erase_if(names, [&](const std::string& name) {
        const bool hidden = name.front() == '.', part = name.ends_with(".part");
        if (hidden || part) leave_out((fs::path(folder) / name).string(), hidden ? "hidden" : "a .part");
        return hidden || part;
    });
    return names;
}

void Walk::leave_out(const std::string& path, const char* why) {
    if (left_out_.entries++ == 0) left_out_.first = path, left_out_.why = why;
}

// What does not fit is left out as asked, which needs no saying.
bool Walk::is_included(const std::string& name) const {
    const auto fits = [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    };
    return included_.empty() || std::any_of(included_.begin(), included_.end(), fits);
}

bool Walk::is_excluded(const Folder& folder, const std::string& name, bool link) const {
    if (excluded_.empty()) return false;
    const auto path = fs::path(folder.canonical) / name;
    if (excluded_.contains(path.string())) return true;
    std::error_code error;
    return link && excluded_.contains(fs::canonical(path, error).string());
}

InputFile look_at(const Found& found) {
    return bytes_of(found) < 0 ? InputFile{found.path} : Stream(found).file();
}

std::int64_t bytes_of(const Found& found) {
    if (found.standard_input) return -1;
    const auto status = status_of(found.path);
    return S_ISREG(status.st_mode) ? status.st_size : -1;
}

}  // namespace pacer
