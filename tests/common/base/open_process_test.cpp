// Waiting for a process to end, with headers that lack the number of the system call.
#include <sys/syscall.h>
#undef SYS_pidfd_open

#include <gtest/gtest.h>

#include "common/base/open_process.hpp"

namespace pacer {
namespace {

TEST(OpenProcess, FindsThisOneAndNoneThatIsGone) {
    const int self = open_process(getpid());
    if (self < 0) GTEST_SKIP() << "Linux before 5.3";
    close(self);
    EXPECT_EQ(open_process(1 << 30), -1);
}

}  // namespace
}  // namespace pacer
