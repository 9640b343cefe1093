// Divides the input into segments, of whose text rank 0 reads no more than each file's head.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/fileio/input.hpp"
#include "apps/fileio/segments/segment.hpp"
#include "apps/fileio/segments/survey.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

class SegmentSource {
  public:
    // For so many workers of so many threads. `heads` is told of each file's head, when it has been looked
    // at.
    SegmentSource(Reader& reader, const Settings& settings, const Survey& earlier, int workers, int threads,
                  std::function<void(const BlockPlace&)> heads);

    // Appended; false at the end of the input. `in_place`: if it is a part of a file that can be read in
    // parts.
    bool next(Bytes& message, bool in_place);
    const Segment& latest() const { return segment_; }
    void learn(const Report& report);
    void end() { ended_ = true; }  // no more
    std::int64_t handed_out() const { return number_; }

    // How much of the input was handed out, compressed as it is; and how much of that is not known to be done
    // earlier.
    std::int64_t bytes() const { return bytes_; }
    std::int64_t new_bytes() const { return std::max<std::int64_t>(bytes_ - kept_bytes_, 0); }

  private:
    using Name = std::pair<std::string, std::int64_t>;  // path, and how many of that path came before
    // Those of one file, by where they begin; of later sessions behind.
    struct Traces {
        std::multimap<std::int64_t, Survey::Trace> all{};
        std::int64_t longest = 0;
    };

    bool next_file();
    std::int64_t size() const;
    std::int64_t end_of(std::int64_t begin) const;
    std::vector<Stretch> earlier_in(std::int64_t begin, std::int64_t end) const;

    Reader& reader_;
    double workers_, threads_;
    std::int64_t fixed_;
    std::function<void(const BlockPlace&)> heads_;
    std::map<Name, Traces> earlier_;
    std::map<std::string, std::int64_t> times_;  // that a path has come
    std::int64_t files_ = 0, time_ = -1;  // counted there; how many of the latest file's path came before it
    Segment segment_{};                   // the latest one, whose file is being divided
    std::int64_t number_ = 0, bytes_ = 0, kept_bytes_ = 0;
    const Traces* traces_ = nullptr;       // of that file
    double seconds_ = 0, done_bytes_ = 0;  // of the latest reports, older ones counting less and less
    bool ended_ = false;
};

}  // namespace pacer::fileio
