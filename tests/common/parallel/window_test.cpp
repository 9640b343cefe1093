// What becomes of MPI windows, on real ranks.
#include "common/parallel/window.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

int freed = 0;

int count_freed(MPI_Win, int, void*, void*) {
    ++freed;
    return MPI_SUCCESS;
}

// A window that is counted when it is freed. Collective.
Window make_window() {
    static const int key = [] {
        int made = MPI_KEYVAL_INVALID;
        MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, count_freed, &made, nullptr);
        return made;
    }();
    char* memory = nullptr;
    MPI_Win window = MPI_WIN_NULL;
    MPI_Win_allocate(1, 1, MPI_INFO_NULL, world().comm, &memory, &window);
    MPI_Win_set_attr(window, key, nullptr);
    return Window(window);
}

TEST(Window, IsFreedOnce) {
    freed = 0;
    {
        auto window = make_window();
        const Window moved = std::move(window);
    }
    EXPECT_EQ(freed, 1);
    Window::free_left();
    EXPECT_EQ(freed, 1);
}

TEST(Window, IsLeftByAnExceptionUntilAllKnowOfIt) {
    freed = 0;
    try {
        const auto one = make_window(), another = make_window();
        throw std::runtime_error("by one rank alone, perhaps");
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(freed, 0);
    Window::free_left();
    EXPECT_EQ(freed, 2);
    Window::free_left();
    EXPECT_EQ(freed, 2);
}

}  // namespace
}  // namespace pacer
