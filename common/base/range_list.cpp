#include "common/base/range_list.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pacer {

std::string range_list(const std::vector<int>& numbers) {
    std::string text;
    for (std::size_t first = 0, last = 0; first < numbers.size(); first = ++last) {
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        if (!text.empty()) text += ',';
        text += fmt::format("{}", numbers[first]);
        if (last > first) text += fmt::format("-{}", numbers[last]);
    }
    return text;
}

std::vector<int> numbers_in(std::string_view list) {
    std::vector<int> numbers;
    const char* at = list.data();
    const char* const end = at + list.size();
    for (;;) {
        int first = 0, last = 0;
        auto parsed = std::from_chars(at, end, first);
        if (parsed.ec != std::errc()) return numbers;
        last = first;
        if (parsed.ptr < end && *parsed.ptr == '-') parsed = std::from_chars(parsed.ptr + 1, end, last);
        if (parsed.ec != std::errc() || first < 0 || last - first > 1 << 20) return numbers;
        for (int number = first; number <= last; ++number) numbers.push_back(number);
        if (parsed.ptr == end || *parsed.ptr != ',') return numbers;
        at = parsed.ptr + 1;
    }
}

}  // namespace pacer
