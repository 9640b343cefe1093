// The farm: rank 0 hands out work on demand and collects the results. It knows nothing of files and
// records.
#pragma once

#include <functional>
#include <span>

#include "common/base/bytes.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// What rank 0 does. None of them may call MPI.
struct Master {
    std::function<bool(Bytes& message)> next;  // makes the next message, in an empty buffer; false: no more
    std::function<void(std::span<const char> result)> take;  // results of one message arrive in order
    std::function<void()> idle = {};  // called now and then while there is nothing to do
    std::function<Bytes(std::span<const char> question)> answer = {};  // what a worker asks amid its work
    bool stoppable = false;  // a signal to any rank ends the handing out
    int ahead = 2;  // messages that a worker holds at a time: with two it never waits for the next one
};

// Work on one message; what it gives to `result` is taken by the master.
using WorkOn = std::function<void(std::span<const char> message, const std::function<void(Bytes)>& result)>;

// Hands out until there is no more, or a signal asked for it, and takes in all results of what was begun.
// Messages go out in the order made; rank 0 keeps as many as the workers have. An exception from the master's
// functions ends the handing out; it is thrown again when all workers are done. Called by rank 0 of a team of
// two at least, while every other rank calls serve. Waiting leaves the core to others. True if a signal cut
// it short: there was more, and the messages that were not begun are dropped.
bool hand_out(const Team& team, const Master& master);

// For a worker amid its work: what the master answers. Both are small.
Bytes ask(const Team& team, std::span<const char> question);

// What the other ranks do, until rank 0 has no more work. `stoppable` as the master's.
void serve(const Team& team, const WorkOn& work, bool stoppable = false);

}  // namespace pacer
