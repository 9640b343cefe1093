#include "common/machine/environment_parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <sstream>

#include "common/base/split.hpp"

namespace pacer {

namespace {

// The value of "name : value", in the first line of that name.
std::optional<std::string_view> value_of(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == name)
            return trimmed(line.substr(colon + 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

// A number and the rest of the text behind it.
std::optional<std::pair<std::int64_t, std::string_view>> leading_number(std::string_view text) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || number < 0) return std::nullopt;
    return std::pair(number, trimmed(text.substr(static_cast<std::size_t>(parsed.ptr - text.data()))));
}

template <std::size_t n>
bool starts_with_one_of(std::string_view name, const std::array<std::string_view, n>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](auto beginning) { return name.starts_with(beginning); });
}

bool is_secret(std::string_view name) {
    static constexpr std::array<std::string_view, 6> secret{"SECRET", "TOKEN", "PASS", "CRED", "AUTH", "KEY"};
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return std::any_of(secret.begin(), secret.end(),
                       [&](auto word) { return upper.find(word) != std::string::npos; });
}

bool is_told(std::string_view name) {
    static constexpr std::array<std::string_view, 13> told{
        "OMP_",       "GOMP_",  "KMP_", "OMPI_MCA_", "PRTE_MCA_", "PMIX_MCA_", "MPICH_",
        "MPIR_CVAR_", "I_MPI_", "UCX_", "FI_",       "MALLOC_",   "HWLOC_"};
    // What a launcher sets by itself, often addresses and keys of its daemons.
    static constexpr std::array<std::string_view, 11> of_launchers{
        "OMPI_MCA_ess",
        "OMPI_MCA_orte_",
        "OMPI_MCA_pmix",
        "OMPI_MCA_initial_wdir",
        "OMPI_MCA_mpi_oversubscribe",
        "OMPI_MCA_shmem_RUNTIME_QUERY_hint",
        "PMIX_MCA_mca_base_component_show_load_errors",
        "PRTE_MCA_ess",
        "PRTE_MCA_prte_",
        "PRTE_MCA_pmix",
        "I_MPI_HYDRA_"};
    static constexpr std::array<std::string_view, 27> exactly{
        "LD_PRELOAD",          "LOADEDMODULES",           "PACER_FACTS",           "PACER_TOPOLOGY",
        "GLIBC_TUNABLES",      "SLURM_ARRAY_TASK_ID",     "SLURM_CLUSTER_NAME",    "SLURM_CPUS_ON_NODE",
        "SLURM_CPUS_PER_TASK", "SLURM_CPU_BIND",          "SLURM_CPU_FREQ_REQ",    "SLURM_DISTRIBUTION",
        "SLURM_HINT",          "SLURM_JOB_CPUS_PER_NODE", "SLURM_JOB_ID",          "SLURM_JOB_NODELIST",
        "SLURM_JOB_NUM_NODES", "SLURM_JOB_PARTITION",     "SLURM_JOB_QOS",         "SLURM_MEM_BIND",
        "SLURM_MEM_PER_CPU",   "SLURM_MEM_PER_NODE",      "SLURM_NTASKS",          "SLURM_NTASKS_PER_NODE",
        "SLURM_RESTART_COUNT", "SLURM_TASKS_PER_NODE",    "SLURM_THREADS_PER_CORE"};
    if (is_secret(name)) return false;
    if (std::find(exactly.begin(), exactly.end(), name) != exactly.end()) return true;
    return starts_with_one_of(name, told) && !starts_with_one_of(name, of_launchers);
}

// A path in /proc/self/mounts, where a blank is "\040".
std::string unescaped(std::string_view text) {
    std::string path;
    while (!text.empty()) {
        unsigned code = 0;
        const bool is_escaped =
            text.size() >= 4 && text[0] == '\\' &&
            std::from_chars(text.data() + 1, text.data() + 4, code, 8).ptr == text.data() + 4;
        path += is_escaped ? static_cast<char>(code) : text[0];
        text.remove_prefix(is_escaped ? 4 : 1);
    }
    return path;
}

bool is_within(std::string_view folder, std::string_view mount) {
    return mount == "/" ||
           (folder.starts_with(mount) && (folder.size() == mount.size() || folder[mount.size()] == '/'));
}

// The options that are the same wherever the same is mounted.
std::string telling_options(std::string_view options) {
    static constexpr std::array<std::string_view, 9> others{
        "clientaddr=", "lowerdir=", "upperdir=", "workdir=",    "user_id=",
        "group_id=",   "username=", "domain=",   "credentials="};
    std::string told;
    for (const auto option : split(options, ',')) {
        if (starts_with_one_of(option, others) || is_secret(option.substr(0, option.find('=')))) continue;
        if (!told.empty()) told += ',';
        told += option;
    }
    return told;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string> first_words(std::string_view text) {
    std::vector<std::string> words;
    for (const auto line : split(text, '\n')) {
        if (const auto word = line.substr(0, line.find(' ')); !word.empty()) words.emplace_back(word);
    }
    return words;
}

std::string cpu_model_in(std::string_view cpuinfo) {
    for (const char* name : {"model name", "cpu model", "cpu"}) {  // x86, MIPS, POWER
        if (const auto value = value_of(cpuinfo, name); value && !value->empty()) return std::string(*value);
    }
    return "unknown";
}

std::optional<double> cpu_mhz_in(std::string_view cpuinfo) {
    std::optional<double> fastest;
    for (constexpr std::string_view name = "cpu MHz"; !cpuinfo.empty();) {
        const auto line = cpuinfo.substr(0, cpuinfo.find('\n'));
        cpuinfo.remove_prefix(std::min(line.size() + 1, cpuinfo.size()));
        if (!line.starts_with(name)) continue;
        const auto value = value_of(line, name).value_or("");
        double rate = 0;
        if (std::from_chars(value.data(), value.data() + value.size(), rate).ec == std::errc() && rate > 0)
            fastest = std::max(fastest.value_or(0), rate);
    }
    return fastest;
}

std::string microcode_in(std::string_view cpuinfo) {
    return std::string(value_of(cpuinfo, "microcode").value_or(""));
}

std::string kernel_parameters(std::string_view command_line) {
    static constexpr std::array<std::string_view, 9> where_from{
        "BOOT_IMAGE=", "BOOTIF=", "initrd=", "root=", "resume=", "nfsroot=", "ip=", "rd.", "inst."};
    std::string told;
    for (const auto word : split(trimmed(command_line), ' ')) {
        if (word == "--") break;  // what follows is for the first process
        const auto name = word.substr(0, word.find('='));
        const bool is_address = word.find("://") != word.npos;
        if (word.empty() || is_address || is_secret(name) || starts_with_one_of(word, where_from)) continue;
        if (!told.empty()) told += ' ';
        told += word;
    }
    return told;
}

std::string mount_in(std::string_view mounts, std::string_view folder) {
    std::string found;
    std::size_t longest = 0;
    for (const auto line : split(mounts, '\n')) {
        const auto fields = split(line, ' ');  // what, where, kind, options
        if (fields.size() < 4) continue;
        const auto where = unescaped(fields[1]);
        // The later one counts of two on one place.
        if (!is_within(folder, where) || where.size() < longest) continue;
        longest = where.size();
        found = fmt::format("{} on {} type {} ({})", unescaped(fields[0]), where, fields[2],
                            telling_options(fields[3]));
    }
    return found;
}

std::optional<std::int64_t> memory_bytes_in(std::string_view meminfo, std::string_view name) {
    const auto number = leading_number(value_of(meminfo, name).value_or(""));
    if (!number || number->second != "kB") return std::nullopt;
    return number->first * 1024;
}

std::string bracketed_in(std::string_view choices) {
    const auto open = choices.find('['), close = choices.find(']', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return "unknown";
    return std::string(choices.substr(open + 1, close - open - 1));
}

CpuTimes cpu_times_in(std::string_view stat, double ticks_per_second) {
    std::istringstream line{std::string(stat.substr(0, stat.find('\n')))};
    std::string name;
    double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0;
    CpuTimes times;
    if (!(line >> name >> user >> nice >> system >> idle) || name != "cpu" || !(ticks_per_second > 0))
        return times;
    line >> wait >> irq >> softirq >> steal;  // old kernels have fewer; time of guests is within user's
    times.busy_seconds = (user + nice + system + irq + softirq) / ticks_per_second;
    times.idle_seconds = (idle + wait) / ticks_per_second;
    times.steal_seconds = steal / ticks_per_second;
    return times;
}

std::vector<std::string> telling_settings(const std::vector<std::string>& environment) {
    std::vector<std::string> settings;
    for (const auto& setting : environment) {
        if (is_told(std::string_view(setting).substr(0, setting.find('=')))) settings.push_back(setting);
    }
    std::sort(settings.begin(), settings.end());
    return settings;
}

std::string openmp_version(int date) {
    static const std::map<int, std::string_view> versions{{201107, "3.1"}, {201307, "4.0"}, {201511, "4.5"},
                                                          {201811, "5.0"}, {202011, "5.1"}, {202111, "5.2"},
                                                          {202411, "6.0"}};
    const auto known = versions.find(date);
    return known == versions.end() ? fmt::format("{}", date) : fmt::format("{} ({})", known->second, date);
}

std::string host_list(const std::vector<std::string>& host_of_rank) {
    std::vector<std::pair<std::string, int>> counts;
    std::map<std::string, std::size_t> index;
    for (const auto& host : host_of_rank) {
        const auto [known, is_new] = index.try_emplace(host, counts.size());
        if (is_new) counts.emplace_back(host, 0);
        ++counts[known->second].second;
    }
    std::string list;
    for (const auto& [host, ranks] : counts)
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", host, ranks);
    return list;
}

}  // namespace pacer
