// Rank 0 reads and cuts what it has read into equal shares, MPI_Scatterv sends them, and every rank
// calculates its own: static division.
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/gather.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t largest_round_bytes = std::int64_t{1} << 28;  // MPI counts in ints

// Blocks for the ranks, one behind the other in the order of ranks: each as its length, and the message a
// block is handed out as, filled up to where the next one lies aligned.
struct Shares {
    Bytes all;
    std::vector<int> counts, offsets;  // bytes, of each rank
};

std::size_t aligned(std::size_t bytes) {
    return (bytes + 7) / 8 * 8;
}

void append_block(Bytes& share, const Handout& block) {
    const auto length = static_cast<std::int64_t>(sizeof block.place + block.text.size() + block.path.size());
    append(share, &length, 1);
    append(share, &block.place, 1);
    append(share, block.text.data(), block.text.size());
    append(share, block.path.data(), block.path.size());
    share.resize(aligned(share.size()));
}

template <class Use>
void for_each_block(std::span<const char> share, const Use& use) {
    while (!share.empty()) {
        std::int64_t length = 0;
        std::memcpy(&length, share.data(), sizeof length);
        const auto bytes = static_cast<std::size_t>(length);
        use(read_handout(share.subspan(sizeof length, bytes)));
        share = share.subspan(aligned(sizeof length + bytes));
    }
}

// As much of the input as rank 0 has memory for.
std::vector<Bytes> read_round(BlockSource& blocks, std::int64_t most_bytes) {
    std::vector<Bytes> messages;
    Bytes message;
    for (std::int64_t bytes = 0; bytes < most_bytes && blocks.next(message);) {
        bytes += static_cast<std::int64_t>(message.size());
        messages.push_back(std::move(message));
        message = {};
    }
    return messages;
}

// The shares of the round are equal in bytes but for whole records.
void share_out(const std::vector<Bytes>& round, std::int64_t lines_per_record, int ranks, Shares& shares) {
    std::int64_t whole = 0, before = 0;
    for (const auto& message : round) whole += std::ssize(read_handout(message).text);
    shares.all.clear();
    shares.counts.assign(static_cast<std::size_t>(ranks), 0);
    shares.offsets.assign(static_cast<std::size_t>(ranks), 0);
    for (const auto& message : round) {
        const auto block = read_handout(message);
        // Cut so finely that the shares differ by little; each part goes to the rank in whose share its
        // middle lies.
        const auto parts = std::max<std::int64_t>(1, std::ssize(block.text) * ranks * 16 / whole);
        for (const auto& part : divide(block, parts, lines_per_record)) {
            const auto rank = static_cast<std::size_t>((before + part.place.bytes / 2) * ranks / whole);
            const auto size_before = shares.all.size();
            if (shares.counts[rank] == 0) shares.offsets[rank] = mpi_count(size_before);
            append_block(shares.all, part);
            shares.counts[rank] += mpi_count(shares.all.size() - size_before);
            before += part.place.bytes;
        }
    }
}

void scatter_shares(const Team& team, const Shares& shares, Bytes& mine) {
    int bytes = 0;
    MPI_Scatter(shares.counts.data(), 1, MPI_INT, &bytes, 1, MPI_INT, 0, team.comm);
    mine.resize(static_cast<std::size_t>(bytes));
    MPI_Scatterv(shares.all.data(), shares.counts.data(), shares.offsets.data(), MPI_BYTE, mine.data(), bytes,
                 MPI_BYTE, 0, team.comm);
}

}  // namespace

// In rounds of what rank 0 has memory for, which holds the text twice.
Answer scatter(const Problem& problem, const Team& team) {
    std::optional<Reader> reader;
    std::optional<BlockSource> blocks;
    auto settings = problem.settings;
    settings.block_bytes = std::min(settings.memory_bytes / 4, largest_round_bytes);
    if (team.root()) {
        reader.emplace(open_input(problem));
        blocks.emplace(*reader, settings, 1, 1);
    }
    Gathering gathering(team, 1, [](int, const BlockPlace&) { return std::size_t{0}; });
    Processor processor(problem.job, 0);
    Shares shares;
    Bytes mine;
    for (;;) {
        int more = 0;
        if (team.root()) {
            const auto round = read_round(*blocks, settings.block_bytes);
            more = round.empty() ? 0 : 1;
            if (more != 0) share_out(round, settings.format.lines_per_record, team.size, shares);
        }
        MPI_Bcast(&more, 1, MPI_INT, 0, team.comm);
        if (more == 0) break;
        scatter_shares(team, shares, mine);
        for_each_block(mine, [&](const Handout& block) {
            processor.process(block, [&](Bytes piece) { gathering.add(std::move(piece)); });
        });
        gathering.wait();  // rank 0 takes nothing in while the next round goes out
    }
    return gathering.end({team.root() ? reader->lines() : 0}, {0});
}

}  // namespace pacer::fileio
