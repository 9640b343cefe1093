// The MPI windows of reduce, made once per launch as a real program does.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/number.hpp"
#include "common/parallel/partition.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer::reduce {

// Every rank's part of `elements` 8-byte elements, readable by every other rank: part_of(all, ranks, rank)
// each.
class SharedParts {
  public:
    SharedParts() = default;
    // `mine`: this rank's part, which must outlive this object. `piece`: elements fetched by one MPI call at
    // most, whose counts are ints. Collective.
    SharedParts(const Team& world, std::int64_t elements, std::byte* mine, std::int64_t piece = 1 << 30);
    // Copies a range of elements to `buffer`, from whichever ranks it lies with.
    void fetch(Range range, void* buffer) const;
    // Why it cannot be used, the same on every rank; or empty.
    const std::string& obstacle() const { return obstacle_; }

  private:
    void fetch_piece(int rank, std::int64_t offset, std::int64_t count, std::byte* to) const;

    Window window_;
    std::int64_t elements_ = 0, piece_ = 1;
    std::byte* mine_ = nullptr;
    int rank_ = 0, ranks_ = 1;
    std::string obstacle_;
};

// A slot for each rank of a node in memory that all of them see, and the communicators to use it with.
class NodeSlots {
  public:
    NodeSlots() = default;
    explicit NodeSlots(const Team& world);  // collective
    NodeSlots(NodeSlots&& other) noexcept;
    NodeSlots& operator=(NodeSlots&& other) noexcept;
    ~NodeSlots();

    // Why there are none, if MPI has no windows; the same on every rank.
    const std::string& obstacle() const { return obstacle_; }

    // Puts this rank's number in its slot and waits until the node's ranks have done so. Collective over the
    // node.
    void publish(const Number& mine) const;
    // What rank `rank` of this node published last.
    Number of(int rank) const;

    const Team& node() const { return node_; }
    // The leaders of all nodes, rank 0 of the world first; size 0 on ranks that lead no node.
    const Team& leaders() const { return leaders_; }

  private:
    Window window_;
    Team node_, leaders_{MPI_COMM_NULL, 0, 0, 1};
    // Bytes, since MPI promises no alignment that a Number would need.
    struct Slot {
        std::byte turns[2][sizeof(Number)];
    };
    Slot* slots_ = nullptr;  // of the whole node
    std::string obstacle_;
    mutable std::size_t turn_ = 0;  // in turns, so that a fast rank never overwrites what is still being read
};

}  // namespace pacer::reduce
