#include "common/parallel/messages.hpp"

#include <algorithm>
#include <utility>

namespace pacer {

void Sender::send(Bytes bytes, int rank, int tag) {
    auto& kept = sent_.emplace_back(Sent{std::move(bytes)});
    MPI_Isend(kept.bytes.data(), mpi_count(kept.bytes.size()), MPI_BYTE, rank, tag, team_.comm,
              &kept.request);
}

void Sender::drain(std::size_t most) {
    patience_.reset();
    while (!sent_.empty()) {
        int done = 0;
        MPI_Test(&sent_.front().request, &done, MPI_STATUS_IGNORE);
        if (done) {
            sent_.pop_front();
            patience_.reset();
        } else if (sent_.size() > most) {
            patience_.wait();
        } else {
            return;
        }
    }
}

Bytes Receiver::buffer() {
    if (spare_.empty()) return {};
    auto bytes = std::move(spare_.back());
    spare_.pop_back();
    return bytes;
}

// Begins to receive a message, if one is announced.
void Receiver::begin() {
    if (coming_.size() == most_) return;
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, team_.comm, &there, &status);
    if (!there) return;
    int bytes = 0;
    MPI_Get_count(&status, MPI_BYTE, &bytes);
    auto& coming = coming_.emplace_back(Coming{{status.MPI_SOURCE, status.MPI_TAG, buffer()}});
    auto& message = coming.message;
    message.bytes.resize(static_cast<std::size_t>(bytes));
    // No matched probe: only one thread receives here, and Open MPI 4.1 has none over libfabric's shared
    // memory.
    MPI_Irecv(message.bytes.data(), bytes, MPI_BYTE, message.rank, message.tag, team_.comm, &coming.request);
}

std::optional<Received> Receiver::take() {
    begin();
    for (auto at = coming_.begin(); at != coming_.end(); ++at) {
        const auto same_rank = [&](const Coming& other) { return other.message.rank == at->message.rank; };
        if (std::any_of(coming_.begin(), at, same_rank)) continue;
        int done = 0;
        MPI_Test(&at->request, &done, MPI_STATUS_IGNORE);
        if (!done) continue;
        auto message = std::move(at->message);
        coming_.erase(at);
        return message;
    }
    return std::nullopt;
}

}  // namespace pacer
