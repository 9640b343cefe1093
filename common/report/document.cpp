#include "common/report/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace pacer {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// Each line as `shown` makes it.
template <class Shown>
std::string each(const std::vector<std::string>& lines, const Shown& shown) {
    std::string text;
    for (const auto& line : lines) text += shown(line);
    return text;
}

std::string in_markdown(const std::string& lines) {
    return each(lines_of(lines), [](const auto& line) { return markdown_text(line) + "  \n"; });
}

std::string in_html(const std::string& lines) {
    return each(lines_of(lines), [](const auto& line) { return html_text(line) + "<br>\n"; });
}

constexpr std::string_view looks =
    "body { margin: 2rem; font-family: system-ui, sans-serif; color-scheme: light dark }\n"
    "table { border-collapse: collapse } th, td { padding: 0.3em 0.7em; text-align: left }\n"
    ".figure { text-align: right; font-variant-numeric: tabular-nums } .bad { color: #c03028 }\n"
    ".good { color: #2a8a48 } .doubt { color: #9a6a10 }\n";

}  // namespace

void Document::title(std::string line) {
    parts_.push_back({Kind::title, {}, std::move(line)});
}

void Document::text(std::string lines) {
    if (!lines.empty()) parts_.push_back({Kind::text, {}, std::move(lines)});
}

void Document::notes(std::string lines) {
    if (!lines.empty()) parts_.push_back({Kind::notes, {}, std::move(lines)});
}

void Document::list(std::string key, std::string lead, std::vector<std::string> items) {
    Part part{Kind::list, std::move(key), std::move(lead)};
    part.value = items;
    part.items = std::move(items);
    parts_.push_back(std::move(part));
}

void Document::sentence(std::string key, std::string line) {
    Part part{Kind::sentence, std::move(key), std::move(line)};
    part.value = part.words;
    parts_.push_back(std::move(part));
}

void Document::table(std::string key, Table table) {
    parts_.push_back({Kind::table, std::move(key), {}, {}, std::move(table)});
}

void Document::value(std::string key, Json value) {
    Part part{Kind::value, std::move(key), {}};
    part.value = std::move(value);
    parts_.push_back(std::move(part));
}

std::string Document::as(Format format, bool colours) const {
    switch (format) {
        case Format::csv:
            return csv();
        case Format::json:
            return json();
        case Format::markdown:
            return markdown();
        case Format::html:
            return html();
        case Format::table:
            break;
    }
    return on_terminal(colours);
}

// An empty line between parts, but none under a title and none over notes.
std::string Document::on_terminal(bool colours) const {
    std::string text;
    auto above = Kind::title;
    for (const auto& part : parts_) {
        const auto shown = part.kind == Kind::table ? part.table.text(colours)
                           : part.kind == Kind::list
                               ? each(part.items, [&](auto& item) { return part.words + "  " + item + "\n"; })
                               : part.words + (part.words.ends_with('\n') ? "" : "\n");
        if (part.kind == Kind::value || shown.empty()) continue;
        if (above != Kind::title && part.kind != Kind::notes) text += "\n";
        text += shown;
        above = part.kind;
    }
    return text;
}

std::string Document::csv() const {
    std::string text;
    for (const auto& part : parts_) {
        if (part.kind != Kind::table || part.key.empty()) continue;
        text += (text.empty() ? "" : "\n") + part.table.csv();
    }
    return text;
}

std::string Document::json() const {
    auto all = Json::object();
    for (const auto& part : parts_) {
        if (!part.key.empty()) all.add(part.key, part.kind == Kind::table ? part.table.json() : part.value);
    }
    return all.text(2) + "\n";
}

std::vector<const Document::Part*> Document::sentences_first() const {
    std::vector<const Part*> parts;
    for (const auto& part : parts_) {
        const bool is_empty = part.kind == Kind::list && part.items.empty();
        if (part.kind != Kind::value && !is_empty) parts.push_back(&part);
    }
    std::stable_partition(parts.begin(), parts.end(),
                          [](auto* part) { return part->kind == Kind::sentence; });
    return parts;
}

std::string Document::markdown() const {
    std::string text;
    for (const auto* part : sentences_first()) {
        const auto item = [](const auto& line) { return "* " + markdown_text(line) + "\n"; };
        auto shown = part->kind == Kind::table ? part->table.markdown()
                     : part->kind == Kind::list
                         ? markdown_text(part->words) + ":\n\n" + each(part->items, item)
                     : part->kind == Kind::sentence ? "**" + markdown_text(part->words) + "**\n"
                     : part->kind == Kind::title    ? "### " + markdown_text(part->words) + "\n"
                                                    : in_markdown(part->words);
        if (!shown.empty()) text += (text.empty() ? "" : "\n") + shown;
    }
    return text;
}

std::string Document::html() const {
    auto text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n"
        "<style>\n{1}</style>\n</head>\n<body>\n",
        html_text(name_), looks);
    for (const auto* part : sentences_first()) {
        const auto item = [](const auto& line) { return "<li>" + html_text(line) + "</li>\n"; };
        switch (part->kind) {
            case Kind::table:
                text += part->table.html(name_);
                break;
            case Kind::list:
                text += html_text(part->words) + ":\n<ul>\n" + each(part->items, item) + "</ul>\n";
                break;
            case Kind::sentence:
                text += "<p><strong>" + in_html(part->words) + "</strong></p>\n";
                break;
            case Kind::title:
                text += "<h3>" + html_text(part->words) + "</h3>\n";
                break;
            default:
                text += "<p>" + in_html(part->words) + "</p>\n";
        }
    }
    return text + "</body>\n</html>\n";
}

}  // namespace pacer
