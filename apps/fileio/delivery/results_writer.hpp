// The formats that results are written in. Each is written to a part file, which gets its name elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/calculation/statistics.hpp"
#include "apps/fileio/delivery/labels.hpp"
#include "apps/fileio/flow/piece.hpp"
#include "common/base/facts.hpp"
#include "io/files/part_file.hpp"
#include "io/records/block.hpp"

namespace pacer::fileio {

// What is known of results before they are written.
struct ResultsHead {
    std::string calculation;  // its identity
    std::int64_t width = 0;   // numbers of each record
    std::int64_t records = 0, rejected = 0, skipped = 0;
    const std::vector<InputFile>* files = nullptr;
    Labels labels{};
    std::int64_t longest_id = 0;  // bytes
    std::string options{},
        input{};            // of the run: a line "what: value" for each; names and sizes of the files
    std::string content{};  // a hash of their text; empty: not known
};

// Where the values of all records are in the file, a run of bytes for each dataset, and what each record
// takes of it.
struct Slabs {
    struct Slab {
        std::int64_t offset = 0, record_bytes = 0;
    };
    Slab results{}, file{}, line{},
        id{};  // the last one of so many texts of so many bytes, padded with zeros
    std::int64_t ids = 0, id_bytes = 0;
};

class ResultsWriter {
  public:
    virtual ~ResultsWriter() = default;
    virtual void add(const Piece& piece) = 0;  // in the order of the input
    // Where others are to write the values in place of add(), if they can be told.
    virtual std::optional<Slabs> give_away() { return {}; }
    virtual void finish() = 0;  // all pieces were added
};

// Throw UsageError (disk full, ...). The part file must outlive the writer.
std::unique_ptr<ResultsWriter> write_csv(PartFile& file, const ResultsHead& head);
// `values_are_there`: in the file, which others have begun, those of all records are in their places from
// Hdf5Stream::first_values on, and take that many bytes at least.
std::unique_ptr<ResultsWriter> write_hdf5(PartFile& file, const ResultsHead& head, bool values_are_there);

// The result of a summarising calculation, all at once.
void write_csv(PartFile& file, const ResultsHead& head, const std::vector<ColumnStatistics>& columns);
void write_hdf5(PartFile& file, const ResultsHead& head, const std::vector<ColumnStatistics>& columns);

inline constexpr std::string_view options_line = "options:\n";  // of a .csv.run: the last one before them

// What is told of results: the attributes of an .h5, the lines of a .csv.run.
Facts facts_of(const ResultsHead& head);

}  // namespace pacer::fileio
