#include "common/machine/cgroup.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "common/machine/host_facts.hpp"

namespace pacer {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
    return parts;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
    for (const auto& one : words) {
        if (one == word) return true;
    }
    return false;
}

// Path of this process's group in the hierarchy of a controller (v1), or in the unified one (v2).
// A line of /proc/self/cgroup: "4:cpu,cpuacct:/docker/1f" or "0::/user.slice".
std::optional<std::string> group_path(const std::string& cgroups, std::string_view controller, bool v2) {
    for (const auto& line : split(cgroups, '\n')) {
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        if (v2 ? controllers.empty() : contains(split(controllers, ','), controller))
            return line.substr(second + 1);
    }
    return std::nullopt;
}

struct Mount {
    std::string group;  // the group that is seen at the mount point; in a container seldom the topmost
    std::string point;
};

// A line of /proc/self/mountinfo: "32 31 0:29 /docker/1f /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup
// rw,cpu".
std::optional<Mount> group_mount(const std::string& mountinfo, std::string_view controller, bool v2) {
    for (const auto& line : split(mountinfo, '\n')) {
        const auto dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        const auto mount = split(line.substr(0, dash), ' ');
        const auto kind = split(line.substr(dash + 3), ' ');
        if (mount.size() < 5 || kind.size() < 3) continue;
        if (v2 ? kind[0] == "cgroup2" : kind[0] == "cgroup" && contains(split(kind[2], ','), controller)) {
            return Mount{mount[3], mount[4]};
        }
    }
    return std::nullopt;
}

// The path below the mount point. A group outside of what is mounted, seen from a container, has none: the
// mount point then is the nearest that can be read.
std::filesystem::path below(const Mount& mount, const std::string& group) {
    if (group.find("..") != std::string::npos) return {};
    const auto top = mount.group == "/" ? std::string() : mount.group;
    if (group.compare(0, top.size(), top) != 0) return {};
    return std::filesystem::path(group.substr(top.size())).relative_path();
}

// The folders of this process's group and of those it lies in, from the mount point down; none if there is no
// such hierarchy.
std::vector<std::filesystem::path> folders_of_group(const std::filesystem::path& root,
                                                    std::string_view controller, bool v2) {
    const auto group = group_path(text_of(root / "proc/self/cgroup"), controller, v2);
    const auto mount = group_mount(text_of(root / "proc/self/mountinfo", 1 << 20), controller, v2);
    if (!group || !mount) return {};
    std::vector folders = {root / std::filesystem::path(mount->point).relative_path()};
    for (const auto& name : below(*mount, *group)) folders.push_back(folders.back() / name);
    return folders;
}

double quota_of(const std::filesystem::path& folder, bool v2) {
    return v2 ? quota_v2(text_of(folder / "cpu.max"))
              : quota_v1(text_of(folder / "cpu.cfs_quota_us"), text_of(folder / "cpu.cfs_period_us"));
}

double smallest(double a, double b) {
    return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

// The number in a file of one number; none for "max" and where there is no such file.
std::optional<std::int64_t> number_in(const std::filesystem::path& path) {
    std::int64_t value = 0;
    return std::ifstream(path) >> value ? std::optional(value) : std::nullopt;
}

std::int64_t inactive_cache_bytes(const std::filesystem::path& folder, bool v2) {
    std::ifstream statistics(folder / "memory.stat");
    std::int64_t bytes = 0;
    for (std::string name; statistics >> name >> bytes;) {
        if (name == (v2 ? "inactive_file" : "total_inactive_file")) return bytes;
    }
    return 0;
}

std::optional<std::int64_t> memory_left_in(const std::filesystem::path& folder, bool v2) {
    constexpr auto unlimited = std::numeric_limits<std::int64_t>::max() / 2;  // v1 writes 2^63 less a page
    const auto limit = number_in(folder / (v2 ? "memory.max" : "memory.limit_in_bytes"));
    if (!limit || *limit > unlimited) return std::nullopt;
    const auto used = number_in(folder / (v2 ? "memory.current" : "memory.usage_in_bytes")).value_or(0);
    return std::max<std::int64_t>(0, *limit - used + inactive_cache_bytes(folder, v2));
}

}  // namespace

double quota_v2(std::string_view cpu_max) {
    std::istringstream stream{std::string(cpu_max)};
    double quota = 0, period = 0;
    return stream >> quota >> period && quota > 0 && period > 0 ? quota / period : 0;
}

double quota_v1(std::string_view quota_us, std::string_view period_us) {
    return quota_v2(std::string(quota_us) + ' ' + std::string(period_us));
}

double cpu_quota(const std::filesystem::path& root) {
    double quota = 0;
    for (const bool v2 : {true, false}) {
        for (const auto& folder : folders_of_group(root, "cpu", v2)) {
            quota = smallest(quota, quota_of(folder, v2));
        }
    }
    return quota;
}

std::optional<std::int64_t> cgroup_memory_left(const std::filesystem::path& root) {
    std::optional<std::int64_t> least;
    for (const bool v2 : {true, false}) {
        for (const auto& folder : folders_of_group(root, "memory", v2)) {
            const auto left = memory_left_in(folder, v2);
            if (left && (!least || *left < *least)) least = left;
        }
    }
    return least;
}

}  // namespace pacer
