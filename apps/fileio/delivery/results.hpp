// Puts the final files together from the journal, in the order of the input.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/fileio/calculation/calculation.hpp"
#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/delivery/labels.hpp"
#include "apps/fileio/delivery/max_rejected.hpp"

namespace pacer::fileio {

// The law of conservation: every line that was read is accounted for exactly once.
struct Account {
    std::int64_t lines = 0;  // in
    std::int64_t done = 0, rejected = 0, skipped = 0;
    std::string violation;  // the first line lost or doubled: "data.txt: line 17 is lost"; or empty
    Ragged ragged{};
};

struct ResultsTarget {
    std::string path;       // NAME.h5 or NAME.csv
    bool force = false;     // replace what is there
    std::string options{};  // of the run, a line "what: value" for each
    std::string content{};  // a hash of the input's text; empty: not known
    std::string rejected_path() const { return path + ".rejected"; }
    std::string journal_path() const { return path + ".journal"; }
    std::string segments_path() const { return path + ".journal.d"; }  // folder of a run by segments
    std::string run_path() const { return path + ".run"; }  // of a .csv: what attributes are in an .h5
    std::vector<std::string> paths() const {
        return {path, journal_path(), segments_path(), rejected_path(), run_path()};
    }
};

bool is_csv(const ResultsTarget& target);

// Names, sizes and order of the files: "3 files, 12345 bytes, 0123456789abcdef".
std::string text_of_input(const std::vector<InputFile>& files);

// The results that are there already, of this run.
struct Finished {
    std::int64_t done = 0, rejected = 0;
};

// Looks whether results are there of a run with the same options, of files of the same names and sizes. If
// one was modified since the results were written, or is a stream, `content` is asked for the hash of the
// input's text, which must be the same. Throws UsageError if they are there of another one.
std::optional<Finished> find_finished(const ResultsTarget& target, const std::vector<InputFile>& input,
                                      const std::function<std::string()>& content = {});

// Throws UsageError if something has the name of results that are not complete yet, and must not be replaced.
void refuse_stranger(const ResultsTarget& target);

// Throws UsageError: a name that ends in neither .h5 nor .csv, results or a list of rejected records that are
// there already (without force; a list beside a journal is that run's own), a folder that cannot be written
// to. What is said of an older .csv is no obstacle.
void check_target(const ResultsTarget& target);

// Checks that the pieces cover `lines` lines of the files in the journal, each once, then writes the results
// and, if there are any rejected records, the list of them ("file:line:column: reason"; no column if the
// record as a whole is rejected); with force, an older list goes. Either is whole or not there at all, and
// the list is there first. Nothing is written if the account has a violation. Throws UsageError (disk full,
// results are there already, ...), and ReadingStopped if `stop` says so. Memory: a pointer for each piece,
// and some MiB. Equal input and options give equal bytes, whatever the pieces.
//
// .h5: /results float64 [records x results], /file int32 [records] (index into /files), /line int64 [records]
// (from 1), /files strings; with identifiers /id strings [records], or [records x identifiers] and /id_names;
// or, for a summarising calculation, /statistics/{count,mean,variance,min,max} [columns], column if they have
// names, missing if values may be. Attributes of the root: format = "pacer-results", format_version = 1,
// written_by, calculation, records, rejected, skipped, input, options, content. .csv:
// "file,line,ID...,result_1,..." or "column,count,mean,variance,min,max" and ",missing", numbers in their
// shortest exact form; and what are attributes there in a .csv.run, a line "name: value" for each.
Account write_results(const Journal& journal, const Calculation& calculation, const ResultsTarget& target,
                      std::int64_t lines, const Labels& labels = {}, bool (*stop)() = nullptr);

}  // namespace pacer::fileio
