#include "io/records/still_there.hpp"

#include <cstring>
#include <span>

namespace pacer {

namespace {

// Whether a line of the text, which begins before, starts at that byte of it or behind.
bool starts_a_line_behind(std::span<const char> text, std::int64_t byte) {
    if (byte >= std::ssize(text)) return false;
    const auto from = size_of(byte - 1);
    return std::memchr(text.data() + from, '\n', text.size() - 1 - from) != nullptr;
}

}  // namespace

bool still_there(const DoneRange& range, Cutter& cutter, std::optional<Head>& head, std::int64_t line,
                 std::int64_t end, Bytes& text) {
    text.clear();
    const auto left = end - cutter.offset();
    if (left <= 0 || !cutter.take(text, range.bytes)) return false;
    if (hash(text.data(), text.size()) == range.text_hash && !starts_a_line_behind(text, left)) {
        const auto before = head->known() ? std::nullopt : head;
        head->look(text, line);
        if (head->finder().found() == range.first_record && head->hash() == range.head_hash) return true;
        if (before) head.emplace(*before);
    }
    cutter.give_back(text);
    return false;
}

}  // namespace pacer
