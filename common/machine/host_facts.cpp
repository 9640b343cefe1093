#include "common/machine/host_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "common/base/range_list.hpp"
#include "common/machine/environment_parse.hpp"

namespace pacer {

namespace {

using std::filesystem::path;

void add(Facts& facts, std::string_view name, std::optional<std::int64_t> number) {
    if (number) facts.emplace_back(name, *number);
}

std::optional<std::int64_t> count(std::int64_t things) {
    return things == 0 ? std::nullopt : std::optional(things);
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

Facts host_facts(const Topology& machine, const path& root) {
    const auto cpus = root / "sys/devices/system/cpu";
    const auto& cores = machine.core_of_cpu;
    Facts facts{{"cpu_model", cpu_model_in(text_of(root / "proc/cpuinfo"))}};
    add(facts, "cores", count(cores.empty() ? 0 : *std::max_element(cores.begin(), cores.end()) + 1));
    add(facts, "hardware_threads",
        count(std::count_if(cores.begin(), cores.end(), [](int core) { return core >= 0; })));
    for (const auto& [level, bytes] : machine.caches().of_core)
        facts.emplace_back(level == 1 ? "l1d_bytes" : fmt::format("l{}_bytes", level), bytes);
    add(facts, "memory_bytes", memory_bytes_in(text_of(root / "proc/meminfo")));
    add(facts, "numa_nodes", count(std::ssize(numbers_in(text_of(root / "sys/devices/system/node/online")))));
    facts.emplace_back("governor", first_line(cpus / "cpu0/cpufreq/scaling_governor"));
    facts.emplace_back("boost", boost(cpus));
    facts.emplace_back("transparent_huge_pages",
                       bracketed_in(text_of(root / "sys/kernel/mm/transparent_hugepage/enabled")));
    facts.emplace_back("container", container_kind(root));
    return facts;
}

}  // namespace pacer
