#include "apps/timings/page/html.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pacer::timings::html {

namespace {

// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve(bytes.size() * 4 / 3 + 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto byte = [&](std::size_t i) {
            return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
        };
        const unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += at + digit <= bytes.size() ? digits[group >> (18 - 6 * digit) & 63] : '=';
        }
    }
    return text;
}

}  // namespace

std::string image(std::string_view drawing, std::string_view description) {
    std::string svg(drawing);
    const auto root = svg.find("<svg");
    const auto inside = root == std::string::npos ? root : svg.find('>', root);
    if (inside != std::string::npos) {  // gnuplot's groups of text would take other colors as the current one
        svg.insert(
            inside + 1,
            "<style>:root { color-scheme: light dark } :root, [font-family] { color: CanvasText }</style>");
    }
    return fmt::format("<img class=\"drawing\" alt=\"{}\" src=\"data:image/svg+xml;base64,{}\">\n",
                       html_text(description), base64(svg));
}

std::string listed(const std::vector<std::string>& words, std::size_t most) {
    std::string text;
    const auto shown = std::min(words.size(), most);
    for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + words[i];
    return words.size() > shown ? fmt::format("{} and {} more", text, words.size() - shown) : text;
}

std::string folded(std::string_view title, std::string_view content) {
    return fmt::format("<details><summary>{}</summary>\n{}</details>\n", html_text(title), content);
}

}  // namespace pacer::timings::html
