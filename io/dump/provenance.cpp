#include "io/dump/provenance.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "common/machine/host_facts.hpp"
#include "io/dump/checksum.hpp"

namespace pacer {

namespace {

std::string hash_of(const std::string& bytes) {
    dump::Checksum hash;
    hash.add(std::string_view(bytes));
    return hash.hexadecimal();
}

// The arguments, each ended by a zero, without the program's name and the dump's.
std::string options() {
    constexpr std::size_t most_bytes = std::size_t{1} << 22;
    const auto all = text_of("/proc/self/cmdline", most_bytes);
    std::string kept;
    bool is_first = true, is_name = false;
    for (std::size_t at = 0; at < all.size();) {
        const std::string word(all.c_str() + at);
        at += word.size() + 1;
        const bool is_dump = word == "--dump";
        if (!is_first && !is_name && !is_dump && !word.starts_with("--dump="))
            kept.append(word).push_back('\0');
        is_name = is_dump;
        is_first = false;
    }
    return kept;
}

}  // namespace

Facts provenance() {
    Facts facts;
    const std::string program = "/proc/self/exe";
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(program, unknown);
    if (!unknown) facts.emplace_back("program_hash", hash_of(text_of(program, bytes)));
    facts.emplace_back("options_hash", hash_of(options()));
    return facts;
}

}  // namespace pacer
