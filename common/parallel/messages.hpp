// Messages of any size, sent and received by ranks that do something else meanwhile.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/parallel/patience.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// Messages that may still be on their way, and keep their bytes until then.
class Sender {
  public:
    explicit Sender(const Team& team) : team_(team), patience_(team.crowded) {}
    void send(Bytes bytes, int rank, int tag);
    // Waits until at most `most` are on their way.
    void drain(std::size_t most);

  private:
    struct Sent {
        Bytes bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };
    const Team& team_;
    Patience patience_;
    std::deque<Sent> sent_;
};

struct Received {
    int rank = 0, tag = 0;
    Bytes bytes;
};

// Messages of all ranks to this one. A large one comes only when its rank calls MPI again, which may be when
// it has done its next work: those of others do not wait for it.
class Receiver {
  public:
    // Receives up to `most` at once.
    Receiver(const Team& team, int most) : team_(team), most_(static_cast<std::size_t>(most)) {}

    // One that has come, and all before it from its rank; none if there is none.
    std::optional<Received> take();

    // A buffer that was used before, if there is one, and what to use again.
    Bytes buffer();
    void reuse(Bytes bytes) { spare_.push_back(std::move(bytes)); }

  private:
    struct Coming {
        Received message;
        MPI_Request request = MPI_REQUEST_NULL;
    };
    void begin();

    const Team& team_;
    std::size_t most_;
    std::deque<Coming> coming_;  // in the order announced
    std::vector<Bytes> spare_;
};

}  // namespace pacer
