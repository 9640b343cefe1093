// Columns of records as a user chooses them: by number, in ranges, or by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pacer {

class Columns {
  public:
    // None are chosen.
    Columns() = default;

    // "2,4-6,time": numbers count from 1, a word in "quotes" is a name whatever it looks like. `option`: of
    // the command line, for messages. Throws UsageError.
    Columns(std::string_view option, const std::string& written);

    bool chosen() const { return !words_.empty(); }
    const std::string& written() const { return written_; }
    bool has_names() const;  // some were chosen by name

    // Looks the names up in a file's line of names, `where` ("a.csv:1"). Throws UsageError: there is no such
    // name, there are several, or a number that is the name of another column.
    void resolve(const std::vector<std::string>& names, std::string_view where);

    // From 0, in the order chosen; names must be resolved.
    const std::vector<std::int64_t>& numbers() const { return numbers_; }

  private:
    struct Word {
        std::string text;                  // as a name
        std::int64_t first = 0, last = 0;  // from 1; 0: a name
    };

    std::string option_, written_;
    std::vector<Word> words_;
    std::vector<std::int64_t> numbers_;
};

}  // namespace pacer
