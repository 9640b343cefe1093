// Rank 0's part of a run by segments: hands out places, takes in reports, keeps the books, and has the
// results written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/fileio/delivery/final_files.hpp"
#include "apps/fileio/delivery/front_desk.hpp"
#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/delivery/notices.hpp"
#include "apps/fileio/segments/row_forecast.hpp"
#include "apps/fileio/segments/segment_books.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "apps/fileio/segments/segment_results.hpp"
#include "apps/fileio/segments/segment_source.hpp"
#include "apps/fileio/segments/survey.hpp"

namespace pacer::fileio {

class SegmentDesk : FrontDesk {
  public:
    SegmentDesk(const Settings& settings, const Delivery& delivery, const Calculation& calculation,
                SegmentLogs& logs);

    // False if there is nothing to do: the results are there. Then `status` is what they come to.
    bool open(ExitStatus& status);
    Reader& reader() { return *reader_; }
    std::uint64_t run() const;  // see SegmentLogs
    int journal_file() const { return journal_->file(); }
    void take_names(const std::vector<std::string>& names) { names_ = names; }

    // What earlier sessions left, and the number of this one.
    void begin(Survey survey, std::int32_t session, int workers, int threads);

    bool next(Bytes& message);
    // See RowForecast.
    std::int64_t row_of(std::int64_t segment, std::int64_t records);
    void take(std::span<const char> message);
    void idle();

    // When all that was handed out has come back. Whether others are to write results next.
    bool comes_to_results() const { return whole() && others_write() && books_.all().done > 0; }

    // Then. Throws UsageError: a bad record, or a failure, ends the run. False if no results are to be
    // written: then `status` is what it comes to.
    bool close(ExitStatus& status);

    // The final files. Then each segment's results are to be written, by who is free, if others are to write
    // them.
    ResultsLayout lay_out();
    bool others_write() const { return !is_csv(target()) || calculation_.summarises; }
    bool has_slabs() const { return others_write() && !calculation_.summarises && calculation_.results > 0; }
    bool next_to_write(Bytes& message);
    void take_written(std::span<const char> message);
    ExitStatus finish(const Team& world);  // when all are written

    ExitStatus stop();
    std::string leave();  // as Desk's

  private:
    void refuse_streams() const;
    void open_journal();
    void remove_all();
    void take_head(const BlockPlace& place);
    void take_settled(const Report& report);
    std::string path_of(std::int64_t file) const {
        return reader_->files().at(static_cast<std::size_t>(file)).path;
    }
    bool whole() const;  // all that was handed out is done
    void refuse_bad(const SegmentBooks::Stop& stop);
    std::string violation() const;
    ExitStatus tell_violation(const std::string& violation) const;
    std::int64_t records_done() const;
    std::string rates() const;
    bool results_are_in_place() const;
    void add_to_files();

    const Settings& settings_;
    const Delivery& delivery_;
    const Calculation& calculation_;
    SegmentLogs& logs_;
    Notices notices_;
    std::vector<std::string> names_;  // of columns, by the header
    std::optional<Journal> journal_;
    bool fresh_ = false;  // this session began the journal
    std::optional<Reader> reader_;
    std::optional<Survey> survey_;
    std::optional<SegmentSource> source_;
    std::int32_t session_ = 0;
    RowForecast rows_;
    SegmentBooks books_;
    Ragged ragged_;
    OpenEnds open_ends_;
    std::optional<FinalFiles> files_;
    std::int32_t in_place_ = 0;  // the session whose results are the file; 0: none's
    std::size_t written_ = 0;    // segments handed out to be written
    std::string violation_;      // found then
};

}  // namespace pacer::fileio
