// Which rank prints the exception of a launch, where several fail together for one reason.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "common/parallel/team.hpp"

namespace pacer {

// The first rank of a node to take a name that its kernel gives only once, that of an abstract socket. On
// nodes other than rank 0's it waits a moment for the end of the launch. Two messages are better than none.
class FailureTicket {
  public:
    explicit FailureTicket(const Team& world);  // collective

    // True for the rank that is to print. Takes a second at most.
    bool draw_first() const;
    // Whether a rank of this node has drawn. May be called in a signal handler.
    bool drawn() const noexcept;

  private:
    bool take_name() const;

    int on_roots_node_;
    sockaddr_un name_{};  // of the launch
    socklen_t length_ = 0;
};

}  // namespace pacer
