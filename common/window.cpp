#include "common/window.hpp"

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

Window::Window(Window&& other) noexcept : window_(std::exchange(other.window_, MPI_WIN_NULL)) {}

Window& Window::operator=(Window&& other) noexcept {
    std::swap(window_, other.window_);
    return *this;
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
