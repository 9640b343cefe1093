// Parses the kernel's texts, and selects what may be stored of the environment. Pure, for environment.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/machine/environment.hpp"

namespace pacer {

// Without the blanks and line ends around it.
std::string_view trimmed(std::string_view text);

// The first word of each line.
std::vector<std::string> first_words(std::string_view text);

// Processor name of /proc/cpuinfo, "unknown" where it has none (it seldom has on ARM).
std::string cpu_model_in(std::string_view cpuinfo);

// The clock rate that /proc/cpuinfo tells, in MHz: that of the fastest CPU, since idle ones are slow; nothing
// where it has none (only x86 has it).
std::optional<double> cpu_mhz_in(std::string_view cpuinfo);

// The version of the microcode that /proc/cpuinfo tells: "0xd0003f5"; empty where it has none.
std::string microcode_in(std::string_view cpuinfo);

// What the kernel was told in /proc/cmdline, without what says where it boots from, or may be a secret.
std::string kernel_parameters(std::string_view command_line);

// What the folder of that real path is on, by /proc/self/mounts, as the command mount shows it: "mds:/home on
// /home type lustre (rw,flock)". Left out are options that differ on every node or name users. Empty if
// unknown.
std::string mount_in(std::string_view mounts, std::string_view folder);

// Bytes of a line of /proc/meminfo.
std::optional<std::int64_t> memory_bytes_in(std::string_view meminfo, std::string_view name = "MemTotal");

// "madvise" of "always [madvise] never", else "unknown".
std::string bracketed_in(std::string_view choices);

// Seconds of the first line of /proc/stat; zeros if it cannot be read. `ticks_per_second`: _SC_CLK_TCK.
CpuTimes cpu_times_in(std::string_view stat, double ticks_per_second);

// The settings ("NAME=value") that the user, or the job, chose and that change how fast a program runs,
// sorted. Only names known to be harmless: everything else stays out of the dump, which may be passed on.
std::vector<std::string> telling_settings(const std::vector<std::string>& environment);

// "4.5 (201511)" of the value of _OPENMP.
std::string openmp_version(int date);

// "a:2,b:2" of the hosts of all ranks, in the order of their first ranks.
std::string host_list(const std::vector<std::string>& host_of_rank);

}  // namespace pacer
