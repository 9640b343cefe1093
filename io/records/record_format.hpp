// What the user says of the lines of the input: all the rules by which a line becomes a record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/facts.hpp"
#include "io/records/columns.hpp"

namespace pacer {

enum class Separator { automatic, blank, tab, comma, semicolon };
std::string_view name_of(Separator separator);

struct RecordFormat;

// Fields that stand for a value that is missing.
class MissingWords {
  public:
    // None.
    MissingWords() = default;

    // "NA,-,-9999,empty": the word empty is an empty field. Throws UsageError.
    explicit MissingWords(const std::string& written);

    // Throws UsageError for words that would never be met, or not as they are meant, in lines of that format.
    void check(const RecordFormat& format) const;

    bool any() const { return !written_.empty(); }
    bool has_empty() const { return has_empty_; }
    const std::string& written() const { return written_; }
    bool has(std::string_view word) const;
    // -9999 stands for -9999.00 too.
    bool has(double value) const;

  private:
    std::string written_;
    bool has_empty_ = false;
    std::vector<std::string> words_;
    std::vector<double> numbers_;
};

// Fields of fixed widths.
struct Width {
    std::int64_t bytes = 0;
    bool passed_over = false;
};

// "8,8,6"; 3x passes over 3 bytes, 31(5,3x) stands for 31 times what is in brackets. Throws UsageError.
std::vector<Width> parse_widths(const std::string& written);

struct RecordFormat {
    Separator separator = Separator::automatic;  // blank: tabs are blanks
    // "1,5" is one and a half, and semicolons separate too; not with Separator::comma.
    bool decimal_comma = false;
    bool trailing_separator = false;  // a line may end with one, which is no field
    std::string widths_written{};     // of fixed columns; empty: fields are separated
    std::vector<Width> widths{};
    std::string comment = "#";  // each of these begins one, at the start of a line or of a field
    bool header = false;        // the first line behind those that are skipped names the columns
    Columns columns{};          // that the calculation gets; none: all but those of `id`
    Columns id{};               // kept as they are
    MissingWords missing{};
    std::int64_t fields =
        0;                // each record must have so many; 0: as many as their file's first, or its header
    bool ragged = false;  // or any number
    std::int64_t lines_per_record = 1;

    // Throws UsageError for what contradicts itself.
    void check() const;

    // Takes the names that the first file's header has; see Columns.
    void take_names(const std::vector<std::string>& names, std::string_view where);

    // That each record must have; 0: as many as its file's first, or any number.
    std::int64_t expected_fields() const { return ragged ? 0 : fields > 0 ? fields : named_fields; }
    // Nothing is said of what commas are.
    bool commas_unclear() const { return separator == Separator::automatic && !decimal_comma; }
    // Or of what blanks are, where thousands may have them.
    bool blanks_unclear() const {
        return separator == Separator::automatic && decimal_comma && widths.empty();
    }
    bool is_comment(char c) const { return comment.find(c) != std::string::npos; }
    // Whether it takes more than numbers and what separates them to read a line: it must be cut into fields.
    bool must_be_cut() const { return id.chosen() || missing.any() || !widths.empty(); }
    // Whether a line that is no row of numbers may be a record once it is cut.
    bool can_be_cut() const { return must_be_cut() || columns.chosen(); }

    std::int64_t named_fields = 0;  // by the header; 0: not known
};

// What is said, in the order of the options: what must be the same when a run is resumed.
struct Said {
    std::string option;  // without its dashes
    Value value;         // of a flag yes or no
    bool usual = true;   // as if nothing were said
};
std::vector<Said> said_of(const RecordFormat& format);

}  // namespace pacer
