// How many records may be rejected in a run that is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pacer::fileio {

struct MaxRejected {
    std::string written;  // as it was given; empty: any number, but not all
    double most = 0;      // records, or per cent of them
    bool percent = false;
};

// "100" or "2.5%"; throws UsageError for anything else.
MaxRejected parse_max_rejected(const std::string& word);

// Empty, or why a run is not right in which that became of the records: too many were rejected, or there were
// none. One sentence.
std::string why_not_right(const MaxRejected& max, std::int64_t done, std::int64_t rejected);

}  // namespace pacer::fileio
