// From the input to pieces of results, by one process or by a farm: what variants and delivering runs share.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "apps/fileio/flow/block_size.hpp"
#include "apps/fileio/flow/process.hpp"
#include "common/base/bytes.hpp"
#include "common/parallel/team.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

// What rank 0 does with each piece. Called by one thread at a time.
using Collect = std::function<void(std::span<const char> piece)>;

// Blocks of the input as messages: header, path, text.
class BlockSource {
  public:
    // `begin` is called for each block before it is handed out.
    BlockSource(Reader& reader, const Settings& settings, int workers, int threads,
                std::function<void(BlockPlace&)> begin = {});

    bool next(Bytes& message);  // appended; false at the end of the input
    void learn(const PieceHeader& piece) { size_.learn(piece); }
    void look_ahead() { reader_.look_ahead(); }
    void end() { ended_ = true; }                      // no more blocks
    bool interrupted() const { return interrupted_; }  // by a signal, while nothing came from a pipe

  private:
    Reader& reader_;
    BlockSize size_;
    std::function<void(BlockPlace&)> begin_;
    bool ended_ = false, interrupted_ = false;
};

enum class Signals { ignored, heeded };  // heeded: a signal to any rank ends the reading

// Reads, calculates and collects in this process, with `threads` threads that take turns to read. What
// reading and `collect` throw ends it and is thrown again. True if a signal cut it short.
bool calculate_here(BlockSource& blocks, const Job& job, int threads, const Collect& collect,
                    Signals signals);

// The same by all ranks of the team: rank 0 reads and collects, which is the first function, and the others
// calculate with team.threads threads each, which is the second; `made` sees the pieces on the rank that made
// them.
bool hand_out_blocks(const Team& team, BlockSource& blocks, const Collect& collect, Signals signals,
                     const std::function<void()>& idle = {});
void serve_blocks(const Team& team, const Job& job, const Collect& made, Signals signals = Signals::ignored);

// Calculates one block with several threads, or one that is suspect on trial; pieces in order.
class ThreadedProcessor {
  public:
    ThreadedProcessor(const Job& job, int threads);
    void process(const Handout& block, const TakePiece& take);

  private:
    const Job& job_;
    std::vector<Processor> processors_;  // one a thread
};

}  // namespace pacer::fileio
