// The final files of a run while they are written. They get their names when all are whole.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/calculation/statistics.hpp"
#include "apps/fileio/delivery/rejected_list.hpp"
#include "apps/fileio/delivery/results.hpp"
#include "apps/fileio/delivery/results_writer.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

// Every function throws UsageError that names the file (disk full, ...).
class FinalFiles {
  public:
    // `begun`: an .h5 in which the values of all records are in their places (see write_hdf5), to become the
    // final file; or empty. Throws Hdf5Stream::Elsewhere if they cannot be there after all.
    FinalFiles(const ResultsTarget& target, const Calculation& calculation, ResultsHead head,
               const std::string& begun = {});

    void add(const Piece& piece);  // in the order of the input
    // For results that others write, where Slabs say; the rest of each piece is still to be added, in that
    // order.
    std::optional<Slabs> give_away();
    const std::string& part_path() const { return file_.path(); }
    void add_rejected(const Piece& piece);
    void merge(const Statistics& statistics) { all_.merge(statistics); }

    void commit();  // when all is added

  private:
    const ResultsTarget& target_;
    std::string path_;
    ResultsHead head_;
    bool csv_;
    PartFile file_;
    RejectedList rejected_;
    std::unique_ptr<ResultsWriter> writer_;  // none for a calculation that summarises
    Statistics all_;
};

}  // namespace pacer::fileio
