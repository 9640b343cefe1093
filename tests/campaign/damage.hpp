// Damage as disks, transfers, editors and killed writers do it, at random.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace pacer::campaign {

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    // 0 .. count-1; 0 if there is nothing to choose from.
    std::size_t below(std::size_t count) { return count == 0 ? 0 : engine_() % count; }
    std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
    bool one_in(std::size_t times) { return below(times) == 0; }
    template <class List>
    const auto& of(const List& list) {
        return list[below(std::size(list))];
    }

  private:
    std::mt19937_64 engine_;
};

struct Block {
    std::size_t at = 0, bytes = 0;
};
inline Block some_block(Random& random, std::size_t size) {
    const auto at = random.below(size);
    constexpr std::array<std::size_t, 4> most = {4, 32, 512, 4096};
    return {at, std::min(random.between(1, random.of(most)), size - at)};
}

// To any bytes: cut, flipped bits, other bytes, and blocks that are doubled, swapped, zeroed or gone.
inline void damage_bytes(Random& random, std::string& bytes) {
    if (bytes.empty()) return;
    const auto [at, count] = some_block(random, bytes.size());
    switch (random.below(7)) {
        case 0:
            return bytes.resize(at);
        case 1:
            for (auto flips = random.between(1, 3); flips > 0; --flips)
                bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
            return;
        case 2:
            bytes[at] = static_cast<char>(random.below(256));
            return;
        case 3:
            bytes.insert(at, bytes.substr(at, count));
            return;
        case 4: {
            const auto other = random.below(bytes.size() - count + 1);
            for (std::size_t i = 0; i < count; ++i) std::swap(bytes[at + i], bytes[other + i]);
            return;
        }
        case 5:
            bytes.replace(at, count, count, '\0');
            return;
        default:
            bytes.erase(at, count);
    }
}

// To text: other digits, separators, line ends and quotes, and what is no text.
inline void damage_text(Random& random, std::string& text) {
    if (text.empty()) return;
    using namespace std::string_view_literals;
    static constexpr std::array parts = {
        " "sv,   "\t"sv, ","sv, ";"sv, "\n"sv, "\r"sv,   "\r\n"sv, "\""sv,           "\"\""sv,
        "#"sv,   "\0"sv, "."sv, "-"sv, "+"sv,  "e"sv,    "3*"sv,   "\xef\xbb\xbf"sv, "\xc2\xa0"sv,
        "nan"sv, "D"sv,  "0"sv, "9"sv, "  "sv, "\t\t"sv, ",,"sv,   "e400"sv,         "*"sv};
    const auto at = random.below(text.size());
    switch (random.below(4)) {
        case 0:
            text.insert(at, random.of(parts));
            return;
        case 1:
            text.replace(at, 1, random.of(parts));
            return;
        case 2: {  // another digit, where there is one
            const auto digit = text.find_first_of("0123456789", at);
            if (digit != text.npos) text[digit] = static_cast<char>('0' + random.below(10));
            return;
        }
        default:
            damage_bytes(random, text);
    }
}

inline std::string gzip(std::string_view text, int level) {
    z_stream state{};
    constexpr int gzip_too = 16, memory = 8;
    deflateInit2(&state, level, Z_DEFLATED, MAX_WBITS + gzip_too, memory, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&state, text.size()), '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(packed.data());
    state.avail_out = static_cast<uInt>(packed.size());
    deflate(&state, Z_FINISH);
    packed.resize(state.total_out);
    deflateEnd(&state);
    return packed;
}

inline std::string zstd(std::string_view text, int level, bool checksum) {
    auto* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0);
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
    ZSTD_freeCCtx(context);
    return packed;
}

}  // namespace pacer::campaign
