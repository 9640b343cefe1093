// Memory for the data of a problem: how much there is, and a buffer that the readers touch first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/parallel/team.hpp"

namespace pacer {

// Bytes this process can still allocate and use without swapping: the least of what the kernel calls
// available and of what its cgroup and its limits (ulimit) leave.
std::int64_t available_memory_bytes();

// Bytes that ulimit -v and -d leave, which count what is mapped, touched or not; none if they set no limit.
std::optional<std::int64_t> address_space_left();

// Bytes that are there for data on this rank's node: `asked`, or if that is 0 what is free; the least that
// one of the node's ranks finds, so that they agree. Collective over the node.
std::int64_t memory_on_node(const Team& world, std::int64_t asked = 0);

// A sentence about the node that is shortest of memory, the same on every rank; empty if there is enough.
// `bytes`: what this rank wants for `what`, in the plural, and the ranks of a node together. `available`: on
// its node. Collective.
std::string memory_shortage(const Team& world, double bytes, std::int64_t available, std::string_view what,
                            std::string_view advice);

// Throws that sentence as a UsageError, on every rank. Collective.
void require_memory(const Team& world, double bytes, std::int64_t available, std::string_view what,
                    std::string_view advice);

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};

// Uninitialised, on huge pages where the system has them: the thread that first writes a page decides the
// NUMA node it lies on. 64-byte aligned at least. Throws std::bad_alloc.
template <class T>
using Buffer = std::unique_ptr<T[], FreeMemory>;
void* allocate_untouched(std::size_t bytes);
template <class T>
Buffer<T> make_buffer(std::int64_t elements) {
    return Buffer<T>(static_cast<T*>(allocate_untouched(static_cast<std::size_t>(elements) * sizeof(T))));
}

}  // namespace pacer
