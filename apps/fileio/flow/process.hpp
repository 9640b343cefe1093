// From a block of lines to pieces of results: what serial, threads and workers all do with what they are
// given.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/calculation/program.hpp"
#include "apps/fileio/calculation/statistics.hpp"
#include "apps/fileio/flow/handout.hpp"
#include "apps/fileio/flow/piece.hpp"
#include "apps/fileio/flow/watch.hpp"
#include "apps/fileio/input.hpp"
#include "io/records/records.hpp"

namespace pacer::fileio {

// What is done with every block; the same on every rank.
struct Job {
    const Calculation* calculation = nullptr;
    Weights weights;
    OnError on_error = OnError::stop;
    Watch* watch = nullptr;
    RecordFormat format{};                      // what it chooses by name is resolved
    bool (*stop)() = nullptr;                   // asked before each record, or a few rows: no more
    double record_timeout_seconds = 0;          // of records on trial; 0: none
    std::string advice{};                       // behind the sentence about a program (exec:) that failed
    bool hashes_text = true;                    // of each piece, for the journal
    std::atomic<std::int64_t>* line = nullptr;  // told the line that is worked on, if it is on trial
};

inline constexpr std::size_t largest_piece_bytes = std::size_t{4}
                                                   << 20;  // about, since rank 0 holds one at a time

using TakePiece = std::function<void(Bytes piece)>;

// One thread's tools.
class Processor {
  public:
    Processor(const Job& job, int thread)
        : job_(job),
          thread_(thread),
          commas_unclear_(job.format.commas_unclear()),
          gets_all_fields_(!job.format.columns.chosen() && !job.format.id.chosen()),
          takes_rows_(job.calculation->calculate_rows && gets_all_fields_ && job.line == nullptr &&
                      job.format.lines_per_record == 1),
          refuses_missing_(job.format.missing.any() && !job.calculation->takes_missing),
          wanted_fields_(job.format.expected_fields()),
          parser_(job.format),
          builder_(job.calculation->results, job.format.id.numbers().size()) {}

    // Calculates all records of the block and gives away the results, in order: one piece, or several if they
    // are large; none of what had not begun when it was to stop. When a bad record ends the run, it comes as
    // a piece of its own, which is the last. Of several lines a record ends it, even if bad ones are to be
    // skipped, that has blank lines within, or lines of other numbers of fields than the first record's: a
    // line is missing or too many. A record of several lines counts as its first; the others, as comments do,
    // as skipped.
    void process(const Handout& block, const TakePiece& take);

  private:
    // lost: rejected, and records cannot be told apart any more.
    enum class Fate { done, skipped, rejected, lost };
    std::int64_t process_rows(const char*& at, const char* end, std::int64_t line);
    Fate process_record(const char*& at, const char* end, std::int64_t line);
    Fate parse_line(const char*& at, const char* end, bool say_why = true);
    Fate parse_lines(const char*& at, const char* end);
    bool can_be_a_record(std::int64_t first_blank);
    bool has_as_many_fields(std::int64_t line);
    void say_how_many_fields(std::int64_t wanted, std::int64_t line);
    bool comes_before_records(std::int64_t line) const;
    void advise_on_header(std::int64_t line, const char* begin, const char* end);
    bool misses_a_field();
    std::int64_t column_of(std::size_t field) const;
    bool gets(std::size_t field) const;
    std::span<const double> got() const;
    bool choose_fields();
    void look_for_placeholder(std::span<const double> rows, std::size_t fields, std::int64_t line);
    void take_reason();
    void add_not_done(Fate fate, std::int64_t line);
    void idle();
    bool calculate(double weight);
    void ask_program(const Handout& block);
    void add_request();
    void reject(std::int64_t line);
    void give(const char* next, std::int64_t lines, const TakePiece& take);

    const Job& job_;
    int thread_;
    bool commas_unclear_, gets_all_fields_, takes_rows_, refuses_missing_;
    std::int64_t wanted_fields_;
    RecordParser parser_;
    std::span<const double> fields_;  // of the record; in the parser, or in one of these
    std::vector<double> fields_of_lines_, chosen_;
    std::vector<double> rows_;                   // of several records, those of one behind those of the other
    bool rows_follow_ = false;                   // perhaps, that are like the latest record
    std::vector<std::int64_t> fields_in_lines_;  // how many, of each of the record's lines
    std::span<const std::size_t> rounded_;       // of all its fields
    std::vector<std::size_t> rounded_of_lines_;
    bool is_rounded_ = false;                       // a field that the calculation gets is
    std::int64_t record_lines_ = 1, bad_line_ = 0;  // of the record, and the one to be rejected, from 0
    PieceBuilder builder_;
    EndsRun ends_run_ = EndsRun::goes_on;
    std::int64_t ragged_ = 0;             // in the piece
    std::int64_t rounded_line_ = -1;      // the piece's first with such a number
    std::int64_t placeholder_line_ = -1;  // the first with one that may stand for a missing value
    double placeholder_ = 0;
    bool has_doubtful_comma_ = false;  // the record, and the first one no commas
    std::int64_t comma_line_ = -1;     // the piece's first such one
    Statistics statistics_;
    BlockPlace piece_;            // the one being made: where it begins
    const char* text_ = nullptr;  // its first line
    double began_ = 0;
    std::int64_t column_ = 0;  // of the latest record to be rejected
    std::string reason_;
    // For a calculation by a program, which is asked for a whole block before that is gone through.
    Program* program_ = nullptr;
    bool asking_ = false;
    Program::Block request_{};
    std::string_view record_text_;  // all its lines
    std::int64_t record_line_ = 0;  // in the piece
};

}  // namespace pacer::fileio
