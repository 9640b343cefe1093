// A helper process that starts users' programs.
#pragma once

#include <sys/types.h>

#include <string>

namespace pacer {

// Where MPI's libraries have registered memory with a network, a process that forks may abort or find its
// memory changed. So starting programs is left to a process that is itself forked before MPI_Init and never
// calls MPI.

// Forks it, and says whether it had to: false if it is there already. To be called before MPI_Init and before
// there are threads.
bool begin_program_starter();

// Ends it.
void end_program_starter();

// A program at work: its number, and our ends of its standard streams.
struct StartedProgram {
    pid_t pid = -1;
    int input = -1, output = -1, errors = -1;
};

// Lets the shell run a command. Throws std::runtime_error. From any thread.
StartedProgram start_program(const std::string& command);

// Waits for its end, after a second with violence, also to what it has started; how it ended: "exit status
// 1", "killed by signal 9".
std::string end_of_program(pid_t pid);

}  // namespace pacer
