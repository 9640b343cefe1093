#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t largest_round_bytes = std::int64_t{1} << 30;  // MPI counts in ints

// Runs of bytes behind each other, each after its length.
void append_run(Bytes& runs, std::span<const char> run) {
    const auto length = static_cast<std::int64_t>(run.size());
    append(runs, &length, 1);
    append(runs, run.data(), run.size());
    runs.resize((runs.size() + 7) / 8 * 8);  // the next one lies aligned
}

template <class Take>
void for_each_run(std::span<const char> runs, const Take& take) {
    while (!runs.empty()) {
        std::int64_t length = 0;
        std::memcpy(&length, runs.data(), sizeof length);
        const auto bytes = static_cast<std::size_t>(length);
        take(runs.subspan(sizeof length, bytes));
        runs = runs.subspan(sizeof length + (bytes + 7) / 8 * 8);
    }
}

void append_handout(Bytes& runs, const Handout& block) {
    const HandoutHeader header{block.place, block.number};
    Bytes message;
    append(message, &header, 1);
    append(message, block.text.data(), block.text.size());
    append(message, block.path.data(), block.path.size());
    append_run(runs, message);
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

// Each rank's share of the round, equal in bytes but for whole lines.
std::vector<Bytes> equal_shares(const std::vector<Bytes>& round, int ranks) {
    std::int64_t whole = 0, before = 0;
    for (const auto& message : round) whole += std::ssize(read_handout(message).text);
    std::vector<Bytes> shares(static_cast<std::size_t>(ranks));
    for (const auto& message : round) {
        const auto block = read_handout(message);
        // A block is cut so finely that the shares differ by little, then its parts go where their middles
        // lie.
        const auto parts = std::max<std::int64_t>(1, std::ssize(block.text) * ranks * 64 / whole);
        for (const auto& part : divide(block, parts)) {
            const auto middle = before + part.place.bytes / 2;
            append_handout(shares[static_cast<std::size_t>(middle * ranks / whole)], part);
            before += part.place.bytes;
        }
    }
    return shares;
}

struct Lengths {
    std::vector<int> counts, offsets;
    std::size_t total = 0;

    explicit Lengths(std::vector<int> of) : counts(std::move(of)) {
        for (const int count : counts) {
            offsets.push_back(mpi_count(total));
            total += static_cast<std::size_t>(count);
        }
    }
};

Bytes scatter_shares(const Team& team, const std::vector<Bytes>& shares) {
    std::vector<int> sizes;
    Bytes all;
    for (const auto& share : shares) {
        sizes.push_back(mpi_count(share.size()));
        append(all, share.data(), share.size());
    }
    const Lengths lengths(sizes);
    int mine = 0;
    MPI_Scatter(lengths.counts.data(), 1, MPI_INT, &mine, 1, MPI_INT, 0, team.comm);
    Bytes share(static_cast<std::size_t>(mine));
    MPI_Scatterv(all.data(), lengths.counts.data(), lengths.offsets.data(), MPI_BYTE, share.data(), mine,
                 MPI_BYTE, 0, team.comm);
    return share;
}

}  // namespace

// In rounds of what rank 0 has memory for, which holds the text twice.
Answer scatter(const Problem& problem, const Team& team) {
    Answer answer;
    Tally own;
    std::optional<Reader> reader;
    std::optional<BlockSource> blocks;
    auto settings = problem.settings;
    settings.block_bytes = std::min(settings.memory_bytes / 4, largest_round_bytes);
    if (team.root()) {
        reader.emplace(open_input(problem));
        blocks.emplace(*reader, settings, 1, 1);
    }
    Processor processor(problem.job, 0);
    for (;;) {
        std::vector<Bytes> shares;
        int more = 0;
        if (team.root()) {
            const auto round = read_round(*blocks, settings.block_bytes);
            more = round.empty() ? 0 : 1;
            if (more != 0) shares = equal_shares(round, team.size);
        }
        MPI_Bcast(&more, 1, MPI_INT, 0, team.comm);
        if (more == 0) break;
        const auto share = scatter_shares(team, shares);
        std::vector<Bytes> pieces;
        for_each_run(share, [&](std::span<const char> message) {
            processor.process(read_handout(message), [&](Bytes piece) {
                own.add(Piece(piece));
                pieces.push_back(std::move(piece));
            });
        });
        gather_pieces(team, pieces, answer.all);
    }
    if (team.root()) answer.all.lines_read = reader->lines();
    answer.own = part_of_tally(own);
    return answer;
}

}  // namespace pacer::fileio
