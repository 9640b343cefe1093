// The owner of an MPI window.
#pragma once

#include <mpi.h>

namespace pacer {

// Owns an MPI window and a passive epoch that stays open for its lifetime. Freeing it is collective; an
// exception does not wait for the other ranks, which may be anywhere: the window is left then, to the end of
// the launch or to free_left().
class Window {
  public:
    Window() = default;
    explicit Window(MPI_Win window);
    Window(Window&& other) noexcept;
    Window& operator=(Window&& other) noexcept;
    ~Window();
    MPI_Win get() const { return window_; }

    // Frees what exceptions left, in that order: for who knows that they were thrown on every rank alike.
    // Some MPI libraries wait for ever in MPI_Finalize if a window is still locked. Collective.
    static void free_left();

  private:
    MPI_Win window_ = MPI_WIN_NULL;
};

}  // namespace pacer
