// What rank 0 of a delivering run looks up and says, whichever way the results are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/fileio/delivery/deliver.hpp"
#include "apps/fileio/delivery/results.hpp"
#include "apps/fileio/input.hpp"
#include "common/parallel/team.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

// "1 record is", "17 records are"
std::string records_are(std::int64_t records);

// The hash of what was read, which the results keep.
std::string content_of(const Reader& reader);

class FrontDesk {
  public:
    // What is referred to must outlive this.
    FrontDesk(const Settings& settings, const Delivery& delivery, const Calculation& calculation);

    const ResultsTarget& target() const { return target_; }
    // What must be the same to resume the run, a line "what: value" for each, and the inputs.
    std::string run_text() const;
    ReadSettings read_settings() const;

    // Throws UsageError: an input would be overwritten.
    void refuse_input_as_output() const;

    // Throws UsageError, unless they are to be replaced: logs of an unfinished run by segments have results,
    // and no journal.
    void refuse_logs_without_journal() const;

    // What the results come to, if they are there: a run that is resumed when it has finished, as the jobs of
    // a chain are, is right.
    std::optional<ExitStatus> finished() const;

    ExitStatus judged(std::int64_t done, std::int64_t rejected, const Ragged& ragged) const;
    // `kept`: the sentence that tells what is done and how to go on, empty if nothing is.
    ExitStatus stopped(std::string_view kept) const;
    std::string kept_in_journal(std::int64_t records) const;
    void report(const Team& world, const Account& account, std::string_view rates,
                std::int64_t earlier_records) const;

  private:
    void refuse_to_replace_input() const;

    const Settings& settings_;
    const Delivery& delivery_;
    ResultsTarget target_;
};

}  // namespace pacer::fileio
