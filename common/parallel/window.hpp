// The owner of an MPI window.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <string>

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

    // Over `bytes` bytes that MPI allocates for this rank, at `*memory` afterwards, addressed in units of
    // `unit` bytes; or over memory that the ranks of `comm`, all on one node, share. Collective.
    static Window allocate(MPI_Comm comm, std::size_t bytes, std::size_t unit, void* memory);
    static Window allocate_shared(MPI_Comm comm, std::size_t bytes, std::size_t unit, void* memory);

    // Why there is none, if MPI could not make it; the same on every rank.
    const std::string& obstacle() const { return obstacle_; }

    // Frees what exceptions left, in that order: for callers who know that every rank has thrown alike. Some
    // MPI libraries wait forever in MPI_Finalize if a window is still locked. Collective.
    static void free_left();

  private:
    template <class Allocate>
    static Window make(MPI_Comm comm, const Allocate& allocate);

    MPI_Win window_ = MPI_WIN_NULL;
    std::string obstacle_;
};

}  // namespace pacer
