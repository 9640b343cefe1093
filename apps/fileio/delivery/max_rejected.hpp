// How many records may be rejected in a run that is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/fileio/flow/piece.hpp"

namespace pacer::fileio {

struct MaxRejected {
    std::string written;  // as it was given; empty: any number, but not all
    double most = 0;      // records, or per cent of them
    bool percent = false;
};

// "100" or "2.5%"; throws UsageError for anything else.
MaxRejected parse_max_rejected(const std::string& word);

// Records that were rejected since they have not as many fields as their file's first.
struct Ragged {
    std::int64_t records = 0;
    std::string first_record;  // "data.txt:1", which the first of them is unlike

    void add(std::string_view path, const PieceHeader& piece);
};

// Empty, or why a run is not right in which that became of the records: too many were rejected, or there were
// none; or, if nothing is said of how many may be, most are ragged. One sentence.
std::string why_not_right(const MaxRejected& max, std::int64_t done, std::int64_t rejected,
                          const Ragged& ragged);

}  // namespace pacer::fileio
