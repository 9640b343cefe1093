#include "common/window.hpp"

#include <exception>
#include <utility>

namespace pacer {

Window::Window(MPI_Win window) : window_(window) {
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
}

Window::Window(Window&& other) noexcept : window_(std::exchange(other.window_, MPI_WIN_NULL)) {}

Window& Window::operator=(Window&& other) noexcept {
    std::swap(window_, other.window_);
    return *this;
}

Window::~Window() {
    if (window_ == MPI_WIN_NULL || std::uncaught_exceptions() > 0) return;
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
}

}  // namespace pacer
