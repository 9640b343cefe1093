// The owner of an MPI window.
#pragma once

#include <mpi.h>

namespace pacer {

// Owns an MPI window and a passive epoch that stays open for its lifetime. Freeing it is collective; an
// exception does not wait for the other ranks, which may be anywhere: the window is left to the end of the
// launch then.
class Window {
  public:
    Window() = default;
    explicit Window(MPI_Win window);
    Window(Window&& other) noexcept;
    Window& operator=(Window&& other) noexcept;
    ~Window();
    MPI_Win get() const { return window_; }

  private:
    MPI_Win window_ = MPI_WIN_NULL;
};

}  // namespace pacer
