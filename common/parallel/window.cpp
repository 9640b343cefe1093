#include "common/parallel/window.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace pacer {

namespace {

std::vector<MPI_Win> left;

void free_window(MPI_Win window) {
    MPI_Win_unlock_all(window);
    MPI_Win_free(&window);
}

}  // namespace

Window::Window(MPI_Win window) : window_(window) {
    // Not MPI_MODE_NOCHECK: over messages (osc pt2pt) Open MPI 4.1 grants no exclusive lock after it.
    MPI_Win_lock_all(0, window_);
}

Window::Window(Window&& other) noexcept
    : window_(std::exchange(other.window_, MPI_WIN_NULL)), obstacle_(std::move(other.obstacle_)) {}

Window& Window::operator=(Window&& other) noexcept {
    std::swap(window_, other.window_);
    std::swap(obstacle_, other.obstacle_);
    return *this;
}

// A window that only some of the ranks got is left as it is.
template <class Allocate>
Window Window::make(MPI_Comm comm, const Allocate& allocate) {
    MPI_Win window = MPI_WIN_NULL;
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    int failed = allocate(&window) == MPI_SUCCESS ? 0 : 1;
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_ARE_FATAL);
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm);
    if (failed == 0) return Window(window);
    Window none;
    none.obstacle_ =
        "this MPI has no one-sided communication between these ranks; Debian's Open MPI may have it with "
        "OMPI_MCA_osc=^ucx in the environment";
    return none;
}

Window Window::allocate(MPI_Comm comm, std::size_t bytes, std::size_t unit, void* memory) {
    return make(comm, [&](MPI_Win* window) {
        return MPI_Win_allocate(static_cast<MPI_Aint>(bytes), static_cast<int>(unit), MPI_INFO_NULL, comm,
                                memory, window);
    });
}

Window Window::allocate_shared(MPI_Comm comm, std::size_t bytes, std::size_t unit, void* memory) {
    return make(comm, [&](MPI_Win* window) {
        return MPI_Win_allocate_shared(static_cast<MPI_Aint>(bytes), static_cast<int>(unit), MPI_INFO_NULL,
                                       comm, memory, window);
    });
}

Window::~Window() {
    if (window_ == MPI_WIN_NULL) return;
    if (std::uncaught_exceptions() > 0) {
        left.push_back(window_);
    } else {
        free_window(window_);
    }
}

void Window::free_left() {
    for (const auto window : std::exchange(left, {})) free_window(window);
}

}  // namespace pacer
