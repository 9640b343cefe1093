// The CPU time and the memory that a container or a scheduler grants this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace pacer {

// CPUs' worth of time that this process may use, 0 if not limited: the smallest quota along the path of its
// own control group, v1 and v2. `root` is where proc/ and sys/ are found. Never throws: what cannot be read
// limits nothing.
double cpu_quota(const std::filesystem::path& root = "/");

// Bytes that the memory limits along that path leave, page cache that is not in use counted as free; none if
// not limited.
std::optional<std::int64_t> cgroup_memory_left(const std::filesystem::path& root = "/");

// CPUs' worth of the text of cpu.max ("150000 100000"), 0 for "max 100000" and for anything else.
double quota_v2(std::string_view cpu_max);

// CPUs' worth of the texts of cpu.cfs_quota_us and cpu.cfs_period_us, 0 for a quota of -1 and for anything
// else.
double quota_v1(std::string_view quota_us, std::string_view period_us);

}  // namespace pacer
