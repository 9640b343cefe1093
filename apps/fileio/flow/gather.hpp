// Pieces of results on their way to rank 0, of parts of the input that lie nobody knows where until all is
// read.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "apps/fileio/fileio.hpp"
#include "common/parallel/messages.hpp"
#include "common/parallel/team.hpp"

namespace pacer::fileio {

// Rank 0 takes in what has come whenever it has made a piece itself; the others go on meanwhile, as long as
// MPI has no more than 64 of their pieces still to send. What has been sent, if it is small, waits on rank 0.
class Gathering {
  public:
    using PartOf = std::function<std::size_t(int rank, const BlockPlace& place)>;

    // `part_of`: to which of so many parts what that rank has made belongs.
    Gathering(const Team& team, std::size_t parts, PartOf part_of);

    void add(Bytes piece);  // made here

    // Returns when rank 0 has all there are. Collective.
    void wait();

    // The same, and what they come to, when each part has so many lines, of which this rank has counted
    // some, and was thought to be behind so many.
    Answer end(const std::vector<std::int64_t>& lines, const std::vector<std::int64_t>& thought_before);

  private:
    bool take_in();
    bool all_ended() const;

    const Team& team_;
    PartOf part_of_;
    TallyOfParts own_, others_;
    Sender sender_;
    Receiver receiver_;
    int waits_ = 0;
    std::vector<int> ended_;  // how often each rank has said that these are all
};

// From the lines of each part that this rank has counted, those before it in the whole input; and all of them
// at the end. Collective.
std::vector<std::int64_t> lines_before(const Team& team, std::vector<std::int64_t> lines);

}  // namespace pacer::fileio
