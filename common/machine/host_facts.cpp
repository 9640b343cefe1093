#include "common/machine/host_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>

#include "common/base/range_list.hpp"
#include "common/machine/environment_parse.hpp"

namespace pacer {

namespace {

using std::filesystem::path;

void add(Facts& facts, std::string_view name, std::optional<std::int64_t> number) {
    if (number) facts.emplace_back(name, *number);
}

std::optional<std::int64_t> count(std::size_t things) {
    return things == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(things));
}

std::string first_line(const path& file) {
    const auto text = text_of(file);
    const auto line = text.substr(0, text.find('\n'));
    return line.empty() ? "unknown" : line;
}

// Whether cores may run faster than their rated clock, as long as few are busy and cool.
std::string boost(const path& cpus) {
    const auto allowed = first_line(cpus / "cpufreq/boost"),
               forbidden = first_line(cpus / "intel_pstate/no_turbo");
    if (allowed == "1" || forbidden == "0") return "on";
    return allowed == "0" || forbidden == "1" ? "off" : "unknown";
}

// Cores by the lists of hardware threads that share one; none if the kernel does not tell of one.
std::size_t count_cores(const path& cpus, const std::vector<int>& online) {
    std::set<std::string> cores;
    for (const int cpu : online) {
        const auto topology = cpus / fmt::format("cpu{}", cpu) / "topology";
        auto siblings = text_of(topology / "core_cpus_list");
        if (siblings.empty()) siblings = text_of(topology / "thread_siblings_list");  // before Linux 5.3
        if (siblings.empty()) return 0;
        cores.insert(siblings);
    }
    return cores.size();
}

void add_caches(Facts& facts, const path& caches) {
    std::optional<std::int64_t> l1d, l2, l3;
    for (int index = 0; index < 16; ++index) {
        const auto cache = caches / fmt::format("index{}", index);
        const auto level = text_of(cache / "level"), type = text_of(cache / "type");
        const auto bytes = cache_bytes_in(text_of(cache / "size"));
        if (level.starts_with("1") && type.starts_with("Data")) l1d = bytes;
        if (level.starts_with("2")) l2 = bytes;
        if (level.starts_with("3")) l3 = bytes;
    }
    add(facts, "l1d_bytes", l1d);
    add(facts, "l2_bytes", l2);
    add(facts, "l3_bytes", l3);
}

std::string container_kind(const path& root) {
    std::error_code ignored;
    const auto exists = [&](const char* file) { return std::filesystem::exists(root / file, ignored); };
    if (exists(".singularity.d") || std::getenv("APPTAINER_CONTAINER") != nullptr) return "apptainer";
    const auto groups = text_of(root / "proc/self/cgroup");
    if (groups.find("kubepods") != std::string::npos) return "kubernetes";
    if (exists("run/.containerenv")) return "podman";
    if (exists(".dockerenv") || groups.find("/docker") != std::string::npos) return "docker";
    if (groups.find("/lxc") != std::string::npos) return "lxc";
    if (std::getenv("container") != nullptr) return "yes";  // systemd's convention
    return groups.empty() ? "unknown" : "no";
}

}  // namespace

std::string text_of(const path& file, std::size_t most) {
    std::ifstream stream(file, std::ios::binary);
    std::string text(most, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(most));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

std::string unsteady_clock_rate(const Facts& facts) {
    const auto governor = fact(facts, "governor", "unknown"), boosted = fact(facts, "boost");
    std::vector<std::string> reasons;
    if (governor != "performance" && governor != "unknown") reasons.push_back("governor " + governor);
    if (boosted == "on") reasons.emplace_back("boost");
    const auto cores = fact(facts, "cores"), threads = fact(facts, "hardware_threads");
    if (!cores.empty() && !threads.empty() && cores != threads)
        reasons.push_back(fmt::format("SMT, {} hardware threads on {} cores", threads, cores));
    return fmt::format("{}", fmt::join(reasons, "; "));
}

Facts host_facts(const path& root) {
    const auto cpus = root / "sys/devices/system/cpu";
    const auto online = numbers_in(text_of(cpus / "online"));
    Facts facts{{"cpu_model", cpu_model_in(text_of(root / "proc/cpuinfo"))}};
    add(facts, "cores", count(count_cores(cpus, online)));
    add(facts, "hardware_threads", count(online.size()));
    add_caches(facts, cpus / "cpu0/cache");
    add(facts, "memory_bytes", memory_bytes_in(text_of(root / "proc/meminfo")));
    add(facts, "numa_nodes", count(numbers_in(text_of(root / "sys/devices/system/node/online")).size()));
    facts.emplace_back("governor", first_line(cpus / "cpu0/cpufreq/scaling_governor"));
    facts.emplace_back("boost", boost(cpus));
    facts.emplace_back("transparent_huge_pages",
                       bracketed_in(text_of(root / "sys/kernel/mm/transparent_hugepage/enabled")));
    facts.emplace_back("container", container_kind(root));
    return facts;
}

}  // namespace pacer
