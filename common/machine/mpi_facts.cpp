#include "common/machine/mpi_facts.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdint>
#include <set>

#include "common/base/split.hpp"
#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"

namespace pacer {

namespace {

// The file of a line of /proc/self/maps: what begins with its first '/'.
std::string_view file_of(std::string_view line) {
    const auto slash = line.find('/');
    return slash == line.npos ? std::string_view() : line.substr(slash);
}

std::string_view name_of(std::string_view file) {
    return file.substr(file.rfind('/') + 1);
}

// What the function of a library that is in use returns, as text; "not loaded" if the library is not.
template <class Result, class Text>
std::string answer_of(std::string_view maps, std::string_view library, const char* function, Text text) {
    const auto path = library_in(maps, library);
    if (path.empty()) return "not loaded";
    void* const handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return "unknown";
    const auto ask = reinterpret_cast<Result (*)()>(dlsym(handle, function));
    auto answer = ask == nullptr ? "unknown" : text(ask());
    dlclose(handle);
    return answer;
}

}  // namespace

std::string components_in(std::string_view maps) {
    std::string text;
    for (const std::string_view framework : {"pml", "mtl", "btl"}) {
        const auto begin = fmt::format("mca_{}_", framework);
        constexpr std::string_view end = ".so";
        std::set<std::string_view> components;
        for (const auto line : split(maps, '\n')) {
            auto name = name_of(file_of(line));
            if (!name.starts_with(begin) || !name.ends_with(end)) continue;
            name.remove_prefix(begin.size());
            name.remove_suffix(end.size());
            components.insert(name);
        }
        if (components.empty()) continue;
        if (!text.empty()) text += "; ";
        text += fmt::format("{} {}", framework, fmt::join(components, ","));
    }
    return text;
}

std::string device_in(std::string_view mpi_library) {
    constexpr std::string_view name = "MPICH Device:";
    const auto at = mpi_library.find(name);
    if (at == mpi_library.npos) return {};
    const auto rest = mpi_library.substr(at + name.size());
    return std::string(trimmed(rest.substr(0, rest.find('\n'))));
}

std::string library_in(std::string_view maps, std::string_view name) {
    for (const auto line : split(maps, '\n')) {
        const auto file = file_of(line), its = name_of(file);
        if (its.starts_with(name) && its.substr(name.size()).starts_with(".so")) return std::string(file);
    }
    return {};
}

Facts mpi_facts(std::string_view mpi_library) {
    const auto maps = text_of("/proc/self/maps", std::size_t{1} << 22);
    Facts facts;
    const auto components = components_in(maps), device = device_in(mpi_library);
    if (const auto& transport = device.empty() ? components : device; !transport.empty())
        facts.emplace_back("mpi_transport", transport);
    facts.emplace_back("ucx_version",
                       answer_of<const char*>(maps, "libucp", "ucp_get_version_string",
                                              [](const char* version) { return std::string(version); }));
    facts.emplace_back("libfabric_version",
                       answer_of<std::uint32_t>(maps, "libfabric", "fi_version", [](std::uint32_t version) {
                           return fmt::format("{}.{}", version >> 16, version & 0xffffU);
                       }));
    return facts;
}

}  // namespace pacer
