// Whether a node has the memory that its ranks want.
#include "common/machine/memory.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "common/base/units.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

TEST(MemoryOnNode, IsWhatWasAskedForOrIsFree) {
    EXPECT_EQ(memory_on_node(world(), 4096), 4096);
    EXPECT_GT(memory_on_node(world()), 0);
    EXPECT_EQ(memory_on_node(world(), 4096 + world().rank), 4096);  // the least of the ranks', who must agree
}

TEST(RequireMemory, AddsUpWhatTheRanksOfANodeWant) {
    const std::int64_t wanted = 1000 * world().size;
    EXPECT_NO_THROW(require_memory(world(), 1000, wanted, "the data", "use less"));
    EXPECT_EQ(memory_shortage(world(), 1000, wanted, "the data", "use less"), "");
    try {
        require_memory(world(), 1000, wanted - 1, "the data", "use less");
        FAIL() << "not refused";
    } catch (const UsageError& error) {
        const auto bytes = [](std::int64_t count) { return format_bytes(static_cast<double>(count)); };
        EXPECT_EQ(error.what(),
                  fmt::format("the data need {} on {} with {} rank{}, which has {} for them: use less",
                              bytes(wanted), host_name(), world().size, world().size == 1 ? "" : "s",
                              bytes(wanted - 1)));
    }
}

TEST(RequireMemory, IsRefusedOnAllRanksIfOneWantsTooMuch) {
    const int last = world().size - 1;
    EXPECT_THROW(require_memory(world(), world().rank == last ? 1e18 : 0, 1 << 20, "the data", "use less"),
                 UsageError);
}

TEST(RequireMemory, KnowsNumbersBeyondAllMemory) {
    EXPECT_THROW(require_memory(world(), 8.0 * 9.2e18, 1 << 20, "the data", "use less"), UsageError);
}

}  // namespace
}  // namespace pacer
