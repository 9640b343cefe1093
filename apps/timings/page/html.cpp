#include "apps/timings/page/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

std::string attribute(std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : fmt::format(" {}=\"{}\"", name, escape(value));
}

}  // namespace

std::string escape(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char letter : text) {
        switch (letter) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += letter;
        }
    }
    return safe;
}

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
                       escape(description), base64(svg));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string listed(const std::vector<std::string>& words, std::size_t most) {
    std::string text;
    const auto shown = std::min(words.size(), most);
    for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + words[i];
    return words.size() > shown ? fmt::format("{} and {} more", text, words.size() - shown) : text;
}

std::string range(std::string_view low, std::string_view high) {
    const auto unit = [](std::string_view shown) {
        return shown.substr(std::min(shown.find(' '), shown.size()));
    };
    if (unit(low) == unit(high)) low.remove_suffix(unit(low).size());
    return fmt::format("{} \u2013 {}", low, high);
}

Cell text(std::string_view shown) {
    return {escape(shown), std::nullopt};
}

Cell figure(double value, std::string_view shown) {
    return {escape(shown), value};
}

Cell figure(std::size_t count) {
    return figure(static_cast<double>(count), fmt::format("{}", count));
}

Cell absent(std::string_view why) {
    return {why.empty() ? std::string("&ndash;") : escape(why), std::nullopt, "absent"};
}

Table::Table(std::string name, std::vector<Column> columns)
    : name_(std::move(name)), columns_(std::move(columns)) {}

void Table::add(const std::vector<Cell>& cells) {
    rows_ += "<tr>";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& cell = cells.at(i);
        const auto classes = columns_[i].is_figure ? "figure " + cell.classes : cell.classes;
        const auto value = cell.value ? fmt::format("{}", *cell.value) : std::string();
        rows_ += fmt::format("<{0}{1}{2}{3}>{4}</{0}>", i == 0 ? "th" : "td",
                             (i == 0 ? " scope=\"row\"" : "") + attribute("class", classes),
                             attribute("data-value", value), attribute("style", cell.style), cell.content);
    }
    rows_ += "</tr>\n";
}

std::string Table::html() const {
    std::string heads;
    for (const auto& column : columns_) {
        heads += fmt::format("<th scope=\"col\"{}{}>{}</th>", column.is_figure ? " class=\"figure\"" : "",
                             attribute("title", column.hint), escape(column.title));
    }
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n"
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
        escape(name_), heads, rows_);
}

std::string folded(std::string_view title, std::string_view content) {
    return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escape(title), content);
}

}  // namespace pacer::timings::html
