// From a block of lines to pieces of results: what serial, threads and workers all do with what they are
// given.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/fileio/calculation.hpp"
#include "apps/fileio/input.hpp"
#include "apps/fileio/piece.hpp"
#include "apps/fileio/statistics.hpp"
#include "apps/fileio/watch.hpp"
#include "io/records.hpp"

namespace pacer::fileio {

// What is done with every block; the same on every rank.
struct Job {
    const Calculation* calculation = nullptr;
    Weights weights;
    OnError on_error = OnError::stop;
    Watch* watch = nullptr;
};

// A block and the file it is from, as they are handed out: in one message.
struct Handout {
    BlockPlace place;
    std::string_view path;  // of its file
    std::span<const char> text;
};

Handout read_handout(std::span<const char> message);

// Cuts a block at line ends into at most `parts` blocks of about equal size, in order.
std::vector<Handout> divide(const Handout& block, std::int64_t parts);

inline constexpr std::size_t largest_piece_bytes = std::size_t{4}
                                                   << 20;  // about, since rank 0 holds one at a time

using TakePiece = std::function<void(Bytes piece)>;

// One thread's tools.
class Processor {
  public:
    Processor(const Job& job, int thread) : job_(job), thread_(thread), builder_(job.calculation->results) {}

    // Calculates all records of the block and gives away the results, in order: one piece, or several if they
    // are large. When bad records end the run, the first one in the block comes as a piece of its own, and is
    // the last.
    void process(const Handout& block, const TakePiece& take);

  private:
    enum class Fate { done, skipped, rejected };
    Fate process_line(const char*& at, const char* end, std::int64_t line);
    void idle();
    bool calculate(std::span<const double> fields, double weight);
    void reject(std::int64_t line);
    void give(const char* next, std::int64_t lines, const TakePiece& take);

    const Job& job_;
    int thread_;
    RecordParser parser_;
    PieceBuilder builder_;
    Statistics statistics_;
    BlockPlace piece_;            // the one being made: where it begins
    const char* text_ = nullptr;  // its first line
    double began_ = 0;
    std::int64_t column_ = 0;  // of the latest record to be rejected
    std::string reason_;
};

}  // namespace pacer::fileio
