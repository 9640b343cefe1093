// Who works on which record, for all ranks of a node to see; and a thread on every rank that looks. A record
// that takes too long, a calculation that crashes and a rank that dies are named, and end the launch.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/parallel/team.hpp"
#include "common/parallel/window.hpp"

namespace pacer::fileio {

class Watch {
  public:
    // For threads 0 .. threads-1 of each rank; `record_timeout_seconds` 0: none. `advice`: said behind what
    // ended the launch. One at a time. Collective.
    Watch(const Team& world, std::string_view program, int threads, double record_timeout_seconds,
          std::string_view advice = {});
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    // Asks this rank to stop, as a signal would, so many seconds after its process began.
    void stop_after(double seconds) { deadline_seconds_ = seconds; }

    // From now on this open file is given the present time every few seconds; -1: none any more.
    void beat(int file) { heart_ = file; }

    // The calling thread, which is called `thread`, works on a file from now on.
    void in_file(int thread, std::string_view path);

    // It begins with the record on that line of the file, counted from 0; or with none. Cheap enough for
    // every record.
    void at(int thread, std::int64_t line) {
        auto& slot = slots_[thread];
        slot.begun.store(slot.begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        slot.line.store(line, std::memory_order_relaxed);
    }
    void leave(int thread) { at(thread, no_line); }

    // In a process of its own, which may crash: what watches is not there.
    static void leave_to_default();

    // What one thread does. Others read it while it changes: a path may be read torn, in a message.
    struct Slot {
        std::atomic<std::int64_t> line;   // no_line: none
        std::atomic<std::int64_t> begun;  // records so far
        char path[240];
    };
    static constexpr std::int64_t no_line = -1;

  private:
    struct Board;  // of one rank, in memory that its node shares
    struct Mate;   // a rank of this node that this one watches

    void look();
    std::string slow_record(double now);
    void tell_death(const Mate& mate);
    void tell(const std::string& sentence);

    const Team& world_;
    std::string program_, advice_;
    int threads_;
    int all_threads_ = 0;  // slots of every rank of the node
    double timeout_seconds_;
    std::atomic<double> deadline_seconds_ = 0;  // 0: none
    std::atomic<int> heart_ = -1;
    Window window_;
    std::unique_ptr<std::max_align_t[]> own_memory_;  // without a window
    Board* leader_ = nullptr;                         // the node's first rank's
    Board* mine_ = nullptr;
    Slot* slots_ = nullptr;  // mine
    std::vector<Mate> watched_;
    struct Seen {
        std::int64_t begun = 0;
        double since = 0;
    };
    std::vector<Seen> seen_;  // of each of my slots
    int wake_ = -1;           // written to end the thread
    std::thread thread_;
};

}  // namespace pacer::fileio
