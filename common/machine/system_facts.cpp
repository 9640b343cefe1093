#include "common/machine/system_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"

namespace pacer {

namespace {

using std::filesystem::path;

constexpr std::size_t long_file = std::size_t{1} << 20;

// Nothing where there is no such file, or it cannot be read: a link that is down has no speed, for example.
std::string line_of(const path& file) {
    const auto text = text_of(file, 256);
    return std::string(trimmed(text.substr(0, text.find('\n'))));
}

// Names of what is in a folder, sorted.
std::vector<std::string> entries_of(const path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed))
        names.push_back(entry->path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

void add_text(Facts& facts, std::string_view name, std::string text) {
    if (!text.empty()) facts.emplace_back(name, std::move(text));
}

std::string kernel(const path& root) {
    utsname name{};
    const auto release = line_of(root / "proc/sys/kernel/osrelease");
    if (release.empty() || uname(&name) != 0) return {};
    return fmt::format("{} {} {}", line_of(root / "proc/sys/kernel/ostype"), release, name.machine);
}

// "mlx5_core=5.8-1.1.2 nfs xfs": drivers from elsewhere have versions of their own.
std::string kernel_modules(const path& root) {
    auto modules = first_words(text_of(root / "proc/modules", long_file));
    std::sort(modules.begin(), modules.end());
    for (auto& module : modules) {
        if (const auto version = line_of(root / "sys/module" / module / "version"); !version.empty())
            module += "=" + version;
    }
    return fmt::format("{}", fmt::join(modules, " "));
}

std::string microcode(const path& root) {
    const auto told = line_of(root / "sys/devices/system/cpu/cpu0/microcode/version");
    return told.empty() ? microcode_in(text_of(root / "proc/cpuinfo")) : told;
}

// "HPE A43 05/01/2023"
std::string bios(const path& root) {
    std::string text;
    for (const auto* part : {"vendor", "version", "date"}) {
        const auto told = line_of(root / "sys/class/dmi/id" / (std::string("bios_") + part));
        if (!told.empty()) text += (text.empty() ? "" : " ") + told;
    }
    return text;
}

std::string smt(const path& root) {
    const auto active = line_of(root / "sys/devices/system/cpu/smt/active");
    if (active.empty()) return {};
    return active == "1" ? "on" : "off";
}

// That of a network interface of this machine, which only its driver knows.
std::string firmware_of(const std::string& interface) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return {};
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    ifreq request{};
    interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
    request.ifr_data = reinterpret_cast<char*>(&info);
    const bool told = ::ioctl(socket, SIOCETHTOOL, &request) == 0;
    ::close(socket);
    if (!told) return {};
    const std::string version(info.fw_version, strnlen(info.fw_version, sizeof info.fw_version));
    return version == "N/A" ? "" : version;
}

// "mlx5_core 5.8-1.1.2"
std::string driver_of(const path& device, const path& root) {
    std::error_code failed;
    const auto driver = std::filesystem::read_symlink(device / "driver", failed).filename().string();
    const auto version = driver.empty() ? "" : line_of(root / "sys/module" / driver / "version");
    return driver + (version.empty() ? "" : " " + version);
}

// A fact a device: "driver mlx5_core 5.8-1.1.2, firmware 20.31.1014, 200 Gb/sec (4X HDR)".
void add_network(Facts& facts, const path& root) {
    const auto add = [&](const std::string& name, const path& device,
                         std::vector<std::pair<const char*, std::string>> more) {
        more.emplace(more.begin(), "driver ", driver_of(device, root));
        std::erase_if(more, [](const auto& part) { return part.second.empty(); });
        std::vector<std::string> parts;
        for (const auto& [what, value] : more) parts.push_back(what + value);
        add_text(facts, "network_" + name, fmt::format("{}", fmt::join(parts, ", ")));
    };
    std::error_code failed;
    for (const auto& name : entries_of(root / "sys/class/net")) {
        const auto interface = root / "sys/class/net" / name;
        if (!std::filesystem::exists(interface / "device", failed)) continue;  // a bridge, or the like
        auto speed = line_of(interface / "speed");
        if (!speed.empty()) speed = speed.starts_with('-') ? "" : speed + " Mb/s";
        add(name, interface / "device", {{"firmware ", root == "/" ? firmware_of(name) : ""}, {"", speed}});
    }
    for (const auto& name : entries_of(root / "sys/class/infiniband")) {
        const auto device = root / "sys/class/infiniband" / name;
        std::vector<std::pair<const char*, std::string>> parts{{"firmware ", line_of(device / "fw_ver")},
                                                               {"board ", line_of(device / "board_id")}};
        for (const auto& port : entries_of(device / "ports"))
            parts.emplace_back("", line_of(device / "ports" / port / "rate"));
        add(name, device / "device", std::move(parts));
    }
}

}  // namespace

Facts system_facts(const path& root) {
    Facts facts;
    add_text(facts, "kernel", kernel(root));
    add_text(facts, "kernel_command_line", kernel_parameters(text_of(root / "proc/cmdline")));
    add_text(facts, "kernel_modules", kernel_modules(root));
    add_text(facts, "microcode", microcode(root));
    add_text(facts, "bios", bios(root));
    add_text(facts, "smt", smt(root));
    add_network(facts, root);
    return facts;
}

Facts mount_facts(const NamedFolders& folders, const path& root) {
    const auto mounts = text_of(root / "proc/self/mounts", long_file);
    Facts facts;
    for (const auto& [name, folder] : folders) {
        std::error_code failed;
        const auto real = std::filesystem::weakly_canonical(folder, failed);
        if (!failed) add_text(facts, "mount_" + name, mount_in(mounts, real.string()));
    }
    return facts;
}

}  // namespace pacer
