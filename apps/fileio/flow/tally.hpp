// What pieces of results come to, in whatever order they arrive: the books that must balance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/fileio/calculation/statistics.hpp"
#include "apps/fileio/flow/piece.hpp"
#include "common/base/number.hpp"

namespace pacer::fileio {

struct Tally {
    std::int64_t lines_read = 0;  // by who cut the blocks
    std::int64_t done = 0, rejected = 0, skipped = 0;
    Int128 checksum = 0;  // of the results: the sum over records of (line in the whole input, from 1) times a
                          // 32-bit hash of what became of it, so that a lost, doubled, changed or displaced
                          // result shows. Below 2^127 for any input below 2^47 lines.
    Int128 hashes = 0;    // the sum of these hashes
    std::string violation;  // the first line that is not accounted for exactly once
    Statistics statistics;  // of a calculation that summarises

    void add(const Piece& piece);
    void add(const Tally& other);  // of other pieces, but for the lines that were read
    std::int64_t records() const { return done + rejected; }
    bool balances() const { return violation.empty() && lines_read == done + rejected + skipped; }
};

// The books of pieces whose lines are counted from the start of their part of the input.
class TallyOfParts {
  public:
    explicit TallyOfParts(std::size_t parts) : hashes_(parts) {}
    void add(const Piece& piece, std::size_t part);
    // Part i begins so many lines further back than was thought.
    Tally moved_back(const std::vector<std::int64_t>& lines) const;

  private:
    Tally all_;
    std::vector<Int128> hashes_;  // of each part
};

// "records in 1000 = done 998 + rejected 1 + skipped 1"
std::string conservation(std::int64_t lines, std::int64_t done, std::int64_t rejected, std::int64_t skipped);

}  // namespace pacer::fileio
