// Tables with the sentences around them, as a terminal, a program, a pull request or a browser wants them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/report/table.hpp"

namespace pacer {

// Parts are shown in the order in which they were added. Where a key is asked for, the part is a member of
// that name of the JSON object; none if it is empty.
class Document {
  public:
    explicit Document(std::string name) : name_(std::move(name)) {}  // "timings compare"

    void title(std::string line);   // of the part that follows
    void text(std::string lines);   // a paragraph
    void notes(std::string lines);  // on the part above, each a line
    void list(std::string key, std::string lead, std::vector<std::string> items);
    // What it all comes to: a pull request and a page have it first.
    void sentence(std::string key, std::string line);
    void table(std::string key, Table table);
    void value(std::string key, Json value);  // for JSON alone

    // CSV is that of the tables with a key, JSON one object of all parts with a key. HTML is a whole page.
    std::string as(Format format, bool colours = false) const;

  private:
    enum class Kind { title, text, notes, list, sentence, table, value };
    struct Part {
        Kind kind;
        std::string key, words;
        std::vector<std::string> items = {};
        Table table = Table({});
        Json value = {};
    };
    std::string on_terminal(bool colours) const;
    std::string csv() const;
    std::string json() const;
    std::string markdown() const;
    std::string html() const;
    std::vector<const Part*> sentences_first() const;

    std::string name_;
    std::vector<Part> parts_;
};

}  // namespace pacer
