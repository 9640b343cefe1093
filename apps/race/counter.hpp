// Counters, and the one increment that all variants make.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pacer::race {

// Bytes from one counter to the next that keep them out of each other's cache lines, whatever the machine:
// x86 has lines of 64 bytes, which its prefetchers fetch in pairs, POWER and Apple's M1 of 128, Fujitsu's
// A64FX of 256. std::hardware_destructive_interference_size tells what the compiler was told of its target,
// 64 on x86, and knows nothing of pairs. A few hundred bytes a thread cost nothing.
inline constexpr std::size_t apart_bytes = 256;

struct Counter {
    std::atomic<std::int64_t> value{0};
};

struct alignas(apart_bytes) LoneCounter {
    std::atomic<std::int64_t> value{0};
};

struct alignas(apart_bytes) LoneNumber {
    std::int64_t value = 0;
};

// One increment: load, add the step, which is 1, store. Two threads that do this to one counter lose updates:
// what one stores between the other's load and store is overwritten. Since each access is atomic by itself,
// if relaxed, that is a race in the program's logic and no data race: C++ promises nothing about the count,
// but no undefined behaviour. Compilers leave atomic accesses as they are, so n increments are n loads,
// additions and stores (on x86-64 `mov`, `add`, `mov`) and not one addition of n.
inline void increment(std::atomic<std::int64_t>& counter, std::int64_t step) {
    const auto seen = counter.load(std::memory_order_relaxed);
    counter.store(seen + step, std::memory_order_relaxed);
}

// Lets whoever waits for this core go first.
inline void give_way() {
    sched_yield();
}

// The same increment by a worker whose time slice ends just between load and store: all that others did to
// the counter meanwhile is undone. On a machine with more workers than cores the system does that sooner or
// later; a worker of a racy variant does it so often in its share, so that its updates meet those of the
// others wherever they run, and updates are lost in every launch. It costs a few microseconds.
inline constexpr int interruptions = 10;
// Every how many of a share of increments one is interrupted.
constexpr std::int64_t interrupted_every(std::int64_t share) {
    return std::max<std::int64_t>(1, (share + interruptions - 1) / interruptions);
}
inline void increment_interrupted(std::atomic<std::int64_t>& counter, std::int64_t step) {
    const auto seen = counter.load(std::memory_order_relaxed);
    give_way();
    counter.store(seen + step, std::memory_order_relaxed);
}

// An increment of a counter that only one thread uses at a time. The empty statement may look at the counter,
// for all the compiler knows, so each increment goes to memory.
inline void increment(std::int64_t& counter, std::int64_t step) {
    counter += step;
    asm volatile("" : "+m"(counter));
}

}  // namespace pacer::race
