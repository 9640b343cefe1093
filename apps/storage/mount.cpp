#include "apps/storage/mount.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "common/base/split.hpp"

namespace pacer::storage {

namespace {

// Blanks in names are written as \040, and so are tabs, line feeds and backslashes.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 3 >= text.size()) {
            plain += text[i];
            continue;
        }
        int code = 0;
        for (int digit = 0; digit < 3; ++digit) code = 8 * code + (text[++i] - '0');
        plain += static_cast<char>(code);
    }
    return plain;
}

bool is_above(std::string_view folder, std::string_view path) {
    if (folder == "/") return true;
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// "36 35 98:0 /root /point rw,relatime shared:1 - ext4 /dev/sda1 rw": what is optional ends with the dash.
Mount mount_in(const std::string& line) {
    std::istringstream words(line);
    const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
    std::size_t dash = 6;
    while (dash < all.size() && all[dash] != "-") ++dash;
    if (dash + 2 >= all.size()) return {};
    const auto more = dash + 3 < all.size() ? "," + all[dash + 3] : std::string();
    return {unescaped(all[4]), all[dash + 1], unescaped(all[dash + 2]), all[5] + more};
}

}  // namespace

Mount mount_of(std::string_view path, std::string_view mountinfo) {
    Mount best;
    for (const auto line : split(mountinfo, '\n')) {
        auto mount = mount_in(std::string(line));
        const bool fits = !mount.point.empty() && is_above(mount.point, path);
        if (fits && mount.point.size() >= best.point.size()) best = std::move(mount);
    }
    return best;
}

Mount mount_of(std::string_view path) {
    std::ifstream file("/proc/self/mountinfo");
    return mount_of(path, std::string(std::istreambuf_iterator<char>(file), {}));
}

Facts facts_of(const Mount& mount) {
    return {{"storage_type", mount.type},
            {"storage_source", mount.source},
            {"storage_mounted_on", mount.point},
            {"storage_options", mount.options}};
}

}  // namespace pacer::storage
