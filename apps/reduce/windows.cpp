#include "apps/reduce/windows.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pacer::reduce {

namespace {

constexpr int element_bytes = 8;

}  // namespace

SharedParts::SharedParts(const Team& world, std::int64_t elements, std::byte* mine, std::int64_t piece)
    : elements_(elements), piece_(piece), mine_(mine), rank_(world.rank), ranks_(world.size) {
    if (ranks_ == 1) return;  // Open MPI 4 makes no window over given memory for a single process
    const auto bytes = static_cast<MPI_Aint>(part_of({0, elements}, ranks_, rank_).size()) * element_bytes;
    MPI_Win window = MPI_WIN_NULL;
    // Open MPI 4 cannot where processes of a node may not read each other's memory.
    MPI_Comm_set_errhandler(world.comm, MPI_ERRORS_RETURN);
    int error = MPI_Win_create(mine, bytes, element_bytes, MPI_INFO_NULL, world.comm, &window);
    MPI_Comm_set_errhandler(world.comm, MPI_ERRORS_ARE_FATAL);
    MPI_Allreduce(MPI_IN_PLACE, &error, 1, MPI_INT, MPI_MAX, world.comm);
    if (error == MPI_SUCCESS) {
        window_ = Window(window);
    } else {
        obstacle_ = "MPI makes no window over memory that is there already, with the transports it uses here";
    }
}

void SharedParts::fetch(Range range, void* buffer) const {
    auto* to = static_cast<std::byte*>(buffer);
    while (range.begin < range.end) {
        const auto rank = part_with({0, elements_}, ranks_, range.begin);
        const auto part = part_of({0, elements_}, ranks_, rank);
        const auto count = std::min({range.end - range.begin, part.end - range.begin, piece_});
        fetch_piece(static_cast<int>(rank), range.begin - part.begin, count, to);
        to += count * element_bytes;
        range.begin += count;
    }
}

void SharedParts::fetch_piece(int rank, std::int64_t offset, std::int64_t count, std::byte* to) const {
    if (rank == rank_) {
        std::memcpy(to, mine_ + offset * element_bytes, static_cast<std::size_t>(count * element_bytes));
        return;
    }
    const int length = mpi_count(static_cast<std::size_t>(count));
    MPI_Get(to, length, MPI_INT64_T, rank, offset, length, MPI_INT64_T, window_.get());
    MPI_Win_flush(rank, window_.get());
}

NodeSlots::NodeSlots(const Team& world) {
    node_.comm = world.node;
    node_.rank = world.node_rank;
    node_.size = world.node_size;
    MPI_Comm_split(world.comm, node_.root() ? 0 : MPI_UNDEFINED, world.rank, &leaders_.comm);
    if (leaders_.comm != MPI_COMM_NULL) {
        MPI_Comm_rank(leaders_.comm, &leaders_.rank);
        leaders_.size = world.nodes;
    }
    void* mine = nullptr;  // MPI places the ranks' pieces one behind the other
    window_ = Window::allocate_shared(node_.comm, sizeof(Slot), sizeof(Slot), &mine);
    int missing = window_.obstacle().empty() ? 0 : 1;  // on any node
    MPI_Allreduce(MPI_IN_PLACE, &missing, 1, MPI_INT, MPI_MAX, world.comm);
    if (missing != 0) {
        obstacle_ = "this MPI gives the ranks of a node no memory to share";
        return;
    }
    MPI_Aint bytes = 0;
    int unit = 0;
    MPI_Win_shared_query(window_.get(), 0, &bytes, &unit, &slots_);
}

NodeSlots::NodeSlots(NodeSlots&& other) noexcept {
    *this = std::move(other);
}

NodeSlots& NodeSlots::operator=(NodeSlots&& other) noexcept {
    std::swap(window_, other.window_);
    std::swap(node_, other.node_);
    std::swap(leaders_, other.leaders_);
    std::swap(slots_, other.slots_);
    std::swap(obstacle_, other.obstacle_);
    std::swap(turn_, other.turn_);
    return *this;
}

NodeSlots::~NodeSlots() {
    if (leaders_.comm != MPI_COMM_NULL && std::uncaught_exceptions() == 0) MPI_Comm_free(&leaders_.comm);
}

void NodeSlots::publish(const Number& mine) const {
    turn_ = 1 - turn_;
    std::memcpy(slots_[node_.rank].turns[turn_], &mine, sizeof mine);
    MPI_Win_sync(window_.get());  // what this rank wrote is visible to the node,
    MPI_Barrier(node_.comm);
    MPI_Win_sync(window_.get());  // and what the others wrote is visible here
}

Number NodeSlots::of(int rank) const {
    Number number;
    std::memcpy(&number, slots_[rank].turns[turn_], sizeof number);
    return number;
}

}  // namespace pacer::reduce
