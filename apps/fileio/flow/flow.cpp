#include "apps/fileio/flow/flow.hpp"

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "apps/fileio/flow/trial.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/farm.hpp"

namespace pacer::fileio {

BlockSource::BlockSource(Reader& reader, const Settings& settings, int workers, int threads,
                         std::function<void(BlockPlace&)> begin)
    : reader_(reader), size_(settings, workers, threads), begin_(std::move(begin)) {
    // The usual handful of files is known at once.
    constexpr int steps = 16;
    for (int step = 0; step < steps && !reader_.look_ahead(); ++step) {
    }
}

bool BlockSource::next(Bytes& message) {
    if (ended_) return false;
    const auto read = reader_.bytes_on_disk();
    std::optional<std::int64_t> left;
    if (const auto total = reader_.total_bytes_on_disk()) left = *total - read;
    // Which file comes next is known only after reading.
    const auto text_at = message.size() + sizeof(BlockPlace);
    message.resize(text_at);
    std::optional<BlockPlace> place;
    try {
        place = reader_.next(message, size_.next(read, left));
    } catch (const ReadingStopped&) {
        ended_ = interrupted_ = true;
    }
    if (!place) return false;
    if (begin_) begin_(*place);
    const auto& path = reader_.files()[static_cast<std::size_t>(place->file)].path;
    std::memcpy(message.data() + text_at - sizeof *place, &*place, sizeof *place);
    append(message, path.data(), path.size());
    return true;
}

namespace {

void calculate(Processor& processor, const Job& job, const Handout& block, const TakePiece& take) {
    try {
        block.place.suspect != 0 ? process_on_trial(job, block, take) : processor.process(block, take);
    } catch (const ProgramFailed& error) {
        throw std::runtime_error(error.what() + job.advice);
    }
}

}  // namespace

bool calculate_here(BlockSource& blocks, const Job& job, int threads, const Collect& collect,
                    Signals signals) {
    std::exception_ptr error;
    bool more = true, stopped = false, collecting_failed = false;
#pragma omp parallel num_threads(threads)
    {
        Processor processor(job, omp_get_thread_num());
        Bytes message;
        const auto guarded = [&](const auto& action) {
            try {
                action();
            } catch (...) {
                if (!error) error = std::current_exception();
                more = false;
            }
        };
        for (bool mine = true; mine;) {
            message.clear();
#pragma omp critical(fileio_blocks)
            {
                guarded([&] {
                    more = more && blocks.next(message);
                    if (more && signals == Signals::heeded && stop_requested()) {
                        stopped = true;  // the block is not done, and is read again when the run is resumed
                        more = false;
                    }
                });
                mine = more;
            }
            if (!mine) break;
            const auto take = [&](const Bytes& piece) {
#pragma omp critical(fileio_blocks)
                // After a failure to collect there is no place for pieces; after one to read there is.
                if (!collecting_failed) {
                    collecting_failed = true;
                    guarded([&] {
                        collect(piece);
                        blocks.learn(Piece(piece).header());
                        collecting_failed = false;
                    });
                }
            };
            try {
                calculate(processor, job, read_handout(message), take);
            } catch (...) {  // a program failed
#pragma omp critical(fileio_blocks)
                guarded([] { throw; });
            }
        }
    }
    if (error) std::rethrow_exception(error);
    return stopped || blocks.interrupted();
}

bool hand_out_blocks(const Team& team, BlockSource& blocks, const Collect& collect, Signals signals,
                     const std::function<void()>& idle) {
    Master master;
    master.next = [&](Bytes& message) { return blocks.next(message); };
    master.take = [&](std::span<const char> result) {
        collect(result);
        blocks.learn(Piece(result).header());
    };
    master.idle = [&] {
        blocks.look_ahead();
        if (idle) idle();
    };
    master.stoppable = signals == Signals::heeded;
    return hand_out(team, master) || blocks.interrupted();
}

void serve_blocks(const Team& team, const Job& job, const Collect& made, Signals signals) {
    ThreadedProcessor processor(job, team.threads);
    serve(
        team,
        [&](std::span<const char> message, const TakePiece& result) {
            processor.process(read_handout(message), [&](Bytes piece) {
                made(piece);
                result(std::move(piece));
            });
        },
        signals == Signals::heeded);
}

namespace {

// Makes few pieces of many, since every piece is remembered for the rest of the run.
class Joiner {
  public:
    Joiner(const Handout& block, const Job& job)
        : block_(block), job_(job), builder_(job.calculation->results, job.format.id.numbers().size()) {}

    void add(const Piece& piece, const TakePiece& take) {
        const auto& place = piece.place();
        // A bad record that ends the run stays a piece of its own, and what follows it in its block is
        // missing.
        const bool ends_the_run = piece.header().ends_run != EndsRun::goes_on;
        const bool follows = header_.place.offset + header_.place.bytes == place.offset;
        if (ends_the_run || !follows || builder_.bytes() > largest_piece_bytes) give(take);
        if (lines() == 0) {
            header_.place = place;
            header_.place.bytes = header_.place.lines = header_.place.header_lines = 0;
        }
        if (const auto line = piece.header().comma_line; line >= 0 && header_.comma_line < 0)
            header_.comma_line = lines() + line;
        header_.ragged += piece.header().ragged;
        header_.ends_run = piece.header().ends_run;
        builder_.add(piece, lines());
        if (const auto line = piece.header().rounded_line; line >= 0 && header_.rounded_line < 0)
            header_.rounded_line = lines() + line;
        if (const auto line = piece.header().placeholder_line; line >= 0 && header_.placeholder_line < 0) {
            header_.placeholder_line = lines() + line;
            header_.placeholder = piece.header().placeholder;
        }
        header_.place.bytes += place.bytes;
        header_.place.lines += place.lines;
        header_.place.header_lines += place.header_lines;
        header_.seconds += piece.header().seconds;
        if (!piece.statistics().empty()) statistics_.merge(Statistics::read(piece.statistics()));
        if (ends_the_run) give(take);
    }

    void give(const TakePiece& take) {
        if (lines() == 0) return;
        const auto& place = header_.place;
        const auto* const text = block_.text.data() + (place.offset - block_.place.offset);
        if (job_.hashes_text) header_.text_hash = hash(text, static_cast<std::size_t>(place.bytes));
        Bytes statistics;
        if (job_.calculation->summarises) statistics_.append_to(statistics);
        take(builder_.finish(header_, statistics));
        header_ = {};
        statistics_ = {};
    }

  private:
    std::int64_t lines() const { return header_.place.lines; }

    const Handout& block_;
    const Job& job_;
    PieceBuilder builder_;
    PieceHeader header_;
    Statistics statistics_;
};

}  // namespace

ThreadedProcessor::ThreadedProcessor(const Job& job, int threads) : job_(job) {
    for (int thread = 0; thread < threads; ++thread) processors_.emplace_back(job, thread);
}

void ThreadedProcessor::process(const Handout& block, const TakePiece& take) {
    if (processors_.size() == 1 || block.place.suspect != 0)
        return calculate(processors_.front(), job_, block, take);
    constexpr std::int64_t parts_a_thread = 4;  // uneven ones even out
    const auto parts = divide(block, std::ssize(processors_) * parts_a_thread, job_.format.lines_per_record);
    std::vector<std::vector<Bytes>> pieces(parts.size());
    std::exception_ptr error;
#pragma omp parallel for num_threads(static_cast <int>(processors_.size())) schedule(dynamic)
    for (std::size_t part = 0; part < parts.size(); ++part) {
        try {
            calculate(processors_[static_cast<std::size_t>(omp_get_thread_num())], job_, parts[part],
                      [&](Bytes piece) { pieces[part].push_back(std::move(piece)); });
        } catch (...) {
#pragma omp critical(fileio_error)
            error = std::current_exception();
        }
    }
    if (error) std::rethrow_exception(error);
    Joiner joiner(block, job_);
    for (const auto& of_part : pieces) {
        for (const auto& piece : of_part) joiner.add(Piece(piece), take);
    }
    joiner.give(take);
}

}  // namespace pacer::fileio
