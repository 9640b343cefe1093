#include "io/records/quick_row.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <tuple>

#include "io/records/quick_number.hpp"

namespace pacer {

using namespace separators;

namespace {

// What the byte there is behind a number. Of CR LF it is the LF, to which `at` moves.
inline unsigned kind_behind(const Kinds& kinds, const char*& at) {
    const unsigned kind = kinds[static_cast<unsigned char>(*at)];
    if (kind != other || *at != '\r' || at[1] != '\n') return kind;
    ++at;
    return line_end;
}

double made(std::uint64_t signed_whole, std::int64_t power) {
    const auto size = exact_product(signed_whole & ~sign_bit, power);
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) | (signed_whole & sign_bit));
}

}  // namespace

QuickRow read_quick_row(const Kinds& kinds, NumberLayouts& layouts, const char* at, const char* last,
                        std::span<double> room) {
    constexpr std::size_t most = std::tuple_size_v<NumberLayouts>;
    const char* row_behind = at;
    unsigned separators = 0, kind = 0;  // kind: of the byte behind the last field
    // At first fields are whole numbers with a power of ten. They become doubles all together, since a core
    // that waits for a division does not come to read the next number meanwhile.
    double* to = room.data();
    std::size_t field = 0, first = 0, limit = std::min(room.size(), most);  // first: that is no double yet
    std::int64_t powers[most];
    const auto make = [&] {
        for (; first < field; ++first)
            to[first] = made(std::bit_cast<std::uint64_t>(to[first]), powers[first]);
    };
    auto* layout = layouts.data();
    while (at < last) {
        if (field == limit) {
            make();
            to += field;
            limit = std::min(static_cast<std::size_t>(room.data() + room.size() - to), most);
            field = first = 0;
            layout = layouts.data();
            if (limit == 0) break;
        }
        const auto number = layout->expected() ? read_expected(at, *layout) : Decimal{};
        const char* behind = number.behind;
        unsigned next = behind != nullptr ? kind_behind(kinds, behind) : unsigned{other};
        if (next != other && number.is_exact()) {
            to[field] = std::bit_cast<double>(number.signed_whole());
            powers[field] = number.power;
            layout->was_right();
        } else {
            make();
            const auto bits = next != other ? bits_of_any(number.whole, number.power) : bits_of_infinity;
            if (bits != bits_of_infinity) {
                to[field] = std::bit_cast<double>(bits | (number.signed_whole() & sign_bit));
                layout->was_right();
            } else {
                while (*at == ' ' && at < last) ++at;
                if (at >= last) break;
                NumberLengths lengths;
                behind = read_quickly(at, to[field], lengths);
                if (behind == nullptr || !std::isfinite(to[field])) break;
                layout->learn(lengths);
                next = kind_behind(kinds, behind);
                if (next == other) break;
            }
            ++first;
        }
        ++field;
        ++layout;
        separators |= kind;
        kind = next;
        row_behind = behind;
        if (kind == line_end) break;
        at = behind + 1;
    }
    make();
    return {row_behind, static_cast<std::size_t>(to - room.data()) + field, separators};
}

}  // namespace pacer
