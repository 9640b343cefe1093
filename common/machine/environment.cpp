#include "common/machine/environment.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <random>
#include <sstream>

#include "common/base/build_info.hpp"
#include "common/base/command_line.hpp"
#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"
#include "common/machine/mpi_facts.hpp"
#include "common/machine/site_facts.hpp"
#include "common/machine/system_facts.hpp"

namespace pacer {

namespace {

// The first of these variables that is set.
std::string first_set(std::initializer_list<const char*> variables) {
    for (const char* variable : variables) {
        if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') return value;
    }
    return "unknown";
}

// As it was when the program began: MPI_Init adds variables of its own.
std::string environment() {
    std::vector<std::string> settings;
    std::istringstream at_start(text_of("/proc/self/environ", std::size_t{1} << 22));
    for (std::string setting; std::getline(at_start, setting, '\0');) settings.push_back(setting);
    if (settings.empty()) {
        for (char** setting = environ; setting != nullptr && *setting != nullptr; ++setting) {
            settings.emplace_back(*setting);
        }
    }
    settings = telling_settings(settings);
    for (auto& setting : settings) std::replace(setting.begin(), setting.end(), '\n', ' ');
    return fmt::format("{}", fmt::join(settings, "\n"));
}

std::string working_directory() {
    std::error_code failed;
    const auto path = std::filesystem::current_path(failed);
    return failed ? "unknown" : path.string();
}

std::string mpi_library_line() {
    const auto text = mpi_library();
    return text.substr(0, text.find('\n'));
}

std::string mpi_thread_level() {
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    switch (level) {
        case MPI_THREAD_SINGLE:
            return "single";
        case MPI_THREAD_FUNNELED:
            return "funneled";
        case MPI_THREAD_SERIALIZED:
            return "serialized";
        case MPI_THREAD_MULTIPLE:
            return "multiple";
        default:
            return "unknown";
    }
}

std::string scheduler() {
    if (std::getenv("SLURM_JOB_ID") != nullptr) return "slurm";
    if (std::getenv("PBS_JOBID") != nullptr) return "pbs";
    if (std::getenv("LSB_JOBID") != nullptr) return "lsf";
    return std::getenv("JOB_ID") != nullptr && std::getenv("SGE_ROOT") != nullptr ? "sge" : "none";
}

void add_scheduler(Facts& facts) {
    const auto kind = scheduler();
    facts.emplace_back("scheduler", kind);
    if (kind == "none") return;
    facts.emplace_back("job_id", kind == "sge" ? first_set({"JOB_ID"})
                                               : first_set({"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"}));
    facts.emplace_back("partition", first_set({"SLURM_JOB_PARTITION", "PBS_QUEUE", "LSB_QUEUE", "QUEUE"}));
}

std::string time_text(const char* format) {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc{};
    std::array<char, 64> text{};
    if (gmtime_r(&now, &utc) == nullptr) return "unknown";
    return {text.data(), std::strftime(text.data(), text.size(), format, &utc)};
}

Facts build_facts(std::string_view program) {
    const auto& build = build_info();
    Facts facts;
    for (const auto& [name, value] : {std::pair<const char*, std::string_view>("program", program),
                                      {"version", build.version},
                                      {"commit", build.commit},
                                      {"tree", build.tree},
                                      {"build_type", build.build_type},
                                      {"compiler", build.compiler},
                                      {"compiler_flags", build.compiler_flags}}) {
        facts.emplace_back(name, std::string(value));
    }
    if (of_another_project()) {
        facts.emplace_back("pacer_version", std::string(pacer_build().version));
        facts.emplace_back("pacer_commit", std::string(pacer_build().commit));
    }
    return facts;
}

}  // namespace

Facts environment_of_host(const Team& world, const std::string& dump) {
    const auto add = [](Facts& facts, Facts more) {
        facts.insert(facts.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    };
    Facts facts;
    if (world.node_root()) {
        std::error_code none;
        facts = host_facts(topology());
        add(facts, system_facts());
        add(facts, mount_facts({{"working_directory", "."},
                                {"dump", std::filesystem::path(dump).parent_path() / "."},
                                {"tmp", std::filesystem::temp_directory_path(none)}}));
        add(facts, mpi_facts(mpi_library()));
        // The switches above this node, where Slurm knows them: "s0.s3.node7".
        if (const char* address = std::getenv("SLURM_TOPOLOGY_ADDR"))
            facts.emplace_back("slurm_topology", std::string(address));
    }
    add(facts, site_facts(world));
    return facts;
}

Facts environment_before(const Team& world, std::string_view program, int argc, char** argv,
                         const Facts& host) {
    const auto hosts = gather_text(world, host_name());
    if (!world.root()) return {};
    auto facts = build_facts(program);
    facts.emplace_back("command_line", command_line(argc, argv));
    facts.emplace_back("working_directory", working_directory());
    facts.emplace_back("environment", environment());
    facts.emplace_back("ranks", static_cast<std::int64_t>(world.size));
    facts.emplace_back("hosts", host_list(hosts));
    facts.insert(facts.end(), host.begin(), host.end());
    facts.emplace_back("mpi_library", mpi_library_line());
    facts.emplace_back("mpi_thread_level", mpi_thread_level());
    facts.emplace_back("openmp", openmp_version(_OPENMP));
    add_scheduler(facts);
    facts.emplace_back("start_time", utc_now());
    return facts;
}

CpuTimes read_cpu_times() {
    auto times = cpu_times_in(text_of("/proc/stat"), static_cast<double>(sysconf(_SC_CLK_TCK)));
    std::istringstream(text_of("/proc/loadavg")) >> times.load_1min;
    times.own_seconds = own_cpu_seconds();
    return times;
}

double own_cpu_seconds() {
    double own = 0;
    for (const auto whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        if (getrusage(whose, &usage) != 0) continue;
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
        };
        own += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    return own;
}

std::string new_launch_id() {
    std::random_device random;
    return fmt::format("{}-{:08x}", time_text("%Y%m%dT%H%M%SZ"), random() & 0xffffffffU);
}

std::string utc_now() {
    return time_text("%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace pacer
