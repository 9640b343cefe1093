#include "io/dump/checksum.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <new>

namespace pacer::dump {

// Cells are small, and the hash is quick on long texts only.
struct Checksum::State {
    std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash{XXH3_createState(), XXH3_freeState};
    std::array<char, 1 << 14> bytes;
    std::size_t filled = 0;
};

Checksum::Checksum() : state_(new State) {
    if (state_->hash == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state_->hash.get());
}

Checksum::~Checksum() = default;

void Checksum::flush() {
    XXH3_128bits_update(state_->hash.get(), state_->bytes.data(), state_->filled);
    state_->filled = 0;
}

void Checksum::add_bytes(std::string_view bytes) {
    if (bytes.size() > state_->bytes.size() - state_->filled) flush();
    if (bytes.size() > state_->bytes.size()) {
        XXH3_128bits_update(state_->hash.get(), bytes.data(), bytes.size());
        return;
    }
    std::memcpy(state_->bytes.data() + state_->filled, bytes.data(), bytes.size());
    state_->filled += bytes.size();
}

void Checksum::add(std::int64_t number) {
    std::array<char, sizeof number> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
    add_bytes({bytes.data(), bytes.size()});
}

void Checksum::add(double number) {
    constexpr std::int64_t nan = 0x7ff8000000000000;
    add(std::isnan(number) ? nan : std::bit_cast<std::int64_t>(number));
}

void Checksum::add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    add_bytes(text);
}

std::string Checksum::hexadecimal() {
    flush();
    const auto hash = XXH3_128bits_digest(state_->hash.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace pacer::dump
