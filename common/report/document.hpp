// Tables with the sentences around them, as a terminal, a program, a pull request or a browser wants them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/table.hpp"

namespace pacer {

// Parts are shown in the order in which they were added. What has a key is a member of that name in JSON.
class Document {
  public:
    // `name`: "timings compare". `columns`: where a terminal gets a new line within an item of a list; 0:
    // nowhere.
    explicit Document(std::string name, std::size_t columns = 0)
        : name_(std::move(name)), columns_(columns) {}

    void title(std::string_view line);   // of the part that follows
    void text(std::string_view lines);   // a paragraph
    void notes(std::string_view lines);  // on the part above
    void list(std::string_view key, std::string_view lead, const std::vector<std::string>& items);
    // What it all comes to: Markdown and HTML have it first.
    void sentence(std::string_view key, std::string_view lines);
    void table(std::string_view key, Table table);
    void value(std::string_view key, Json value);  // for JSON alone

    // CSV is that of the first table with a key, JSON one object, HTML a whole page.
    std::string as(Format format, bool colours = false) const;
    std::string html() const;  // for a page of somebody else's

  private:
    enum class Kind { title, text, notes, list, sentence, table, value };
    struct Part {
        Kind kind;
        std::string key, lead;
        std::vector<std::string> lines;
        Table table = Table({});
        Json value = {};
    };
    void add(Kind kind, std::string_view key, std::string_view lead, std::vector<std::string> lines);
    std::string on_terminal(bool colours) const;
    template <class Shown>
    std::string sentences_first(const Shown& shown) const;

    std::string name_;
    std::size_t columns_;
    std::vector<Part> parts_;
};

}  // namespace pacer
