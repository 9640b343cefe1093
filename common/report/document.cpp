#include "common/report/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "common/base/units.hpp"

namespace pacer {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// Each line, made safe, between two marks.
std::string each(const std::vector<std::string>& lines, std::string_view before,
                 std::string (*safe)(std::string_view), std::string_view after) {
    std::string text;
    for (const auto& line : lines) text += fmt::format("{}{}{}\n", before, safe(line), after);
    return text;
}

// The lead, and the item behind it, broken at blanks; a word that is longer stays whole.
std::string wrapped(const std::string& lead, const std::string& item, std::size_t columns) {
    std::string text = lead;
    const std::string margin(width_of(lead), ' ');
    std::size_t width = margin.size();
    std::istringstream words(item);
    for (std::string word; words >> word;) {
        const auto wider = width_of(word);
        const bool first = width == margin.size();
        if (!first && width + 1 + wider > columns) {
            text += '\n' + margin;
            width = margin.size();
        } else if (!first) {
            text += ' ';
            ++width;
        }
        text += word;
        width += wider;
    }
    return text;
}

constexpr std::string_view page =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n"
    "body {{ margin: 2rem; font-family: system-ui, sans-serif; color-scheme: light dark }}\n"
    "table {{ border-collapse: collapse }} th, td {{ padding: 0.3em 0.7em; text-align: left }}\n"
    ".figure {{ text-align: right; font-variant-numeric: tabular-nums }} .bad {{ color: #c03028 }}\n"
    ".good {{ color: #2a8a48 }} .doubt {{ color: #9a6a10 }} .strip {{ width: 9rem; stroke: currentColor }}\n"
    ".strip rect {{ fill: #8886; stroke: none }}\n</style>\n</head>\n<body>\n{}</body>\n</html>\n";

}  // namespace

void Document::add(Kind kind, std::string_view key, std::string_view lead, std::vector<std::string> lines) {
    if (!lines.empty() || !key.empty())
        parts_.push_back({kind, std::string(key), std::string(lead), std::move(lines)});
}

void Document::title(std::string_view line) {
    add(Kind::title, {}, {}, {std::string(line)});
}

void Document::text(std::string_view lines) {
    add(Kind::text, {}, {}, lines_of(lines));
}

void Document::notes(std::string_view lines) {
    add(Kind::notes, {}, {}, lines_of(lines));
}

void Document::list(std::string_view key, std::string_view lead, const std::vector<std::string>& items) {
    add(Kind::list, key, lead, items);
    parts_.back().value = items;
}

void Document::sentence(std::string_view key, std::string_view lines) {
    add(Kind::sentence, key, {}, lines_of(lines));
    parts_.back().value = lines;
}

void Document::table(std::string_view key, Table table) {
    parts_.push_back({Kind::table, std::string(key), {}, {}, std::move(table)});
}

void Document::value(std::string_view key, Json value) {
    parts_.push_back({Kind::value, std::string(key), {}, {}, Table({}), std::move(value)});
}

// An empty line between parts, but none under a title and none over notes.
std::string Document::on_terminal(bool colours) const {
    std::string text;
    auto above = Kind::title;
    for (const auto& part : parts_) {
        auto shown = part.table.empty() ? std::string() : part.table.text(colours);
        for (const auto& item : part.lines) {
            const auto lead = fmt::format("{}{}", part.lead, part.lead.empty() ? "" : "  ");
            const bool wraps = part.kind == Kind::list && columns_ > 0;
            shown += fmt::format("{}\n", wraps ? wrapped(lead, item, columns_) : lead + item);
        }
        if (shown.empty()) continue;
        if (above != Kind::title && part.kind != Kind::notes) text += "\n";
        text += shown;
        above = part.kind;
    }
    return text;
}

template <class Shown>
std::string Document::sentences_first(const Shown& shown) const {
    std::string sentences, rest;
    for (const auto& part : parts_) {
        if (part.lines.empty() && part.table.empty()) continue;
        (part.kind == Kind::sentence ? sentences : rest) += shown(part);
    }
    return sentences + rest;
}

std::string Document::html() const {
    return sentences_first([&](const Part& part) {
        const auto lines = [&](auto before, auto after) {
            return each(part.lines, before, html_text, after);
        };
        switch (part.kind) {
            case Kind::table:
                return part.table.html(name_);
            case Kind::list:
                return fmt::format("<p>{}:</p>\n<ul>\n{}</ul>\n", html_text(part.lead),
                                   lines("<li>", "</li>"));
            case Kind::title:
                return lines("<h3>", "</h3>");
            case Kind::sentence:
                return lines("<p><strong>", "</strong></p>");
            default:
                return lines("<p class=\"note\">", "</p>");
        }
    });
}

std::string Document::as(Format format, bool colours) const {
    if (format == Format::table) return on_terminal(colours);
    if (format == Format::html) return fmt::format(page, html_text(name_), html());
    if (format == Format::markdown) {
        return sentences_first([](const Part& part) {
            const auto lines = [&](auto before, auto after) {
                return each(part.lines, before, markdown_text, after) + "\n";
            };
            return part.kind == Kind::table      ? part.table.markdown() + "\n"
                   : part.kind == Kind::list     ? markdown_text(part.lead) + ":\n\n" + lines("* ", "")
                   : part.kind == Kind::title    ? lines("### ", "")
                   : part.kind == Kind::sentence ? lines("**", "**")
                                                 : lines("", "  ");
        });
    }
    std::string csv;
    auto json = Json::object();
    json.add("document", name_);
    for (const auto& part : parts_) {
        if (part.key.empty()) continue;
        json.add(part.key, part.kind == Kind::table ? part.table.json() : part.value);
        if (part.kind == Kind::table && csv.empty()) csv = part.table.csv();
    }
    return format == Format::csv ? csv : json.text(2) + "\n";
}

}  // namespace pacer
