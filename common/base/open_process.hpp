// A descriptor that becomes readable when another process ends.
#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// Headers older than Linux 5.3 lack the number, which is the same on every processor; the kernel may be
// newer.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace pacer {

// -1 if the kernel cannot tell (Linux before 5.3), or if there is no such process.
inline int open_process(pid_t process) {
    return static_cast<int>(syscall(SYS_pidfd_open, process, 0));
}

}  // namespace pacer
