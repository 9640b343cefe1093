// The settings of a run, and its input.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/fileio/delivery/max_rejected.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/workload.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

enum class OnError { stop, skip };  // what a bad record leads to

struct Settings {
    std::vector<std::string> inputs;    // none: the workshop's input is made
    std::vector<std::string> included;  // patterns of the files that folders offer; none: all
    std::int64_t elements = 1000;       // rows of the input that is made
    std::uint64_t seed = 0;             // of its numbers, and of heavy-tailed costs
    std::string calculation = "wait:1ms";
    Workload workload = Workload::even;
    OnError on_error = OnError::stop;
    MaxRejected max_rejected;
    std::int64_t skip_header = 0;
    RecordFormat format;
    std::int64_t block_bytes = 0;                         // handed out at a time; 0: as time tells
    std::int64_t memory_bytes = std::int64_t{256} << 20;  // of rank 0
    double record_timeout_seconds = 0;                    // 0: none
};

ReadSettings read_settings(const Settings& settings);

// What is said of the input, in the order of the options.
std::vector<Said> said_of(const Settings& settings);

// The names of columns, of which rank 0 has a reader, known to every rank: what the user's choice of columns
// means is settled by them, in `settings` too. None without --header. Collective; throws UsageError.
std::vector<std::string> share_names(const Team& world, Reader* reader, Settings& settings);

// Row `index` of the workshop's input: three numbers from -10 to 10 as "%22.14E", and a newline. The same for
// every rank and machine.
inline constexpr std::int64_t row_bytes = 67;
void append_row(std::string& text, std::int64_t index, std::uint64_t seed);

// Writes so many rows; throws UsageError if the file is there already (unless `replace`) or cannot be
// written.
void make_input(const std::string& path, std::int64_t rows, std::uint64_t seed, bool replace);

// A file of rows in each node's folder for temporary files, removed with this object.
class TemporaryInput {
  public:
    TemporaryInput(const Team& world, std::int64_t rows, std::uint64_t seed);  // collective
    TemporaryInput(const TemporaryInput&) = delete;
    TemporaryInput& operator=(const TemporaryInput&) = delete;
    ~TemporaryInput();
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    bool mine_ = false;  // this rank made it
};

}  // namespace pacer::fileio
