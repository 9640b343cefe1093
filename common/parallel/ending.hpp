// How a launch ends before its time: a signal asks it to stop, or one of its ranks fails.
#pragma once

#include <string_view>

namespace pacer {

struct Team;

// What this process is doing, for the message of an exception.
void set_activity(std::string_view activity);

// True once a signal asked the launch to stop (SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP, SIGXCPU received by
// this process); rank 0 says so at once if it got one. A second one kills, unless it is one of the last
// two.
bool stop_requested();

// The same as such a signal, for the reason given; from any thread. Said by rank 0.
void request_stop(std::string_view reason);

// A descriptor that becomes readable then, for a thread that waits.
int stop_event();

// Whether a rank of this node has failed, so that the launch is ending.
bool launch_failed();

// Aborts the launch if another thread has asked for it. For loops that wait.
void heed_abort();

// Ends the launch from another thread than the main one, which alone may call MPI: has it abort where it next
// waits, and ends this process if it does not in half a second, since it may be anywhere. The launcher then
// ends the others.
[[noreturn]] void abort_from_thread();

// For launch(), on the main thread: from here on signals ask to stop. Collective.
void heed_stop_signals(const Team& world, std::string_view program);

// For launch(): nothing is left to stop, so a signal is no longer said to do so.
void nothing_to_stop();

// For launch(): ends it with MPI_Abort, since the other ranks may be anywhere. The first rank of a node to
// fail says what went wrong, where, and doing what.
[[noreturn]] void abort_launch(const Team& world, std::string_view program, std::string_view what);

}  // namespace pacer
