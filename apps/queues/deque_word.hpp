// A deque of neighbouring tasks as one 64-bit word, the first task in its lower half and the end in its upper
// one. It is read and added to atomically, and nothing else: MPI promises no more of operations that meet on
// a word. (Compare-and-swap is the usual way; of 64 bits it crashes in Open MPI 4.1, open-mpi/ompi#9146.)
// Owners add 1 to take the first task, thieves subtract from the end, and who adds learns what the word was
// before, and so what is his: tasks go to one only. A deque whose first task is not before its end is empty,
// however far the one has run past the other. Task numbers are below 2^31.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/parallel/partition.hpp"

namespace pacer::queues::deque_word {

inline constexpr int half_bits = 32;
inline constexpr std::uint64_t take_first = 1;  // what an owner adds

constexpr std::uint64_t pack(Range tasks) {
    return static_cast<std::uint64_t>(tasks.end) << half_bits | static_cast<std::uint64_t>(tasks.begin);
}

// The end may be negative.
constexpr Range unpack(std::uint64_t word) {
    return {static_cast<std::int64_t>(static_cast<std::uint32_t>(word)),
            static_cast<std::int64_t>(static_cast<std::int32_t>(word >> half_bits))};
}

// The owner's, who added take_first.
constexpr std::optional<std::int64_t> taken(std::uint64_t before) {
    const auto tasks = unpack(before);
    return tasks.size() > 0 ? std::optional(tasks.begin) : std::nullopt;
}

// How many tasks a thief who saw that word wants: half of them, rounded up. 0: none are left.
constexpr std::int64_t half_of(std::uint64_t seen) {
    return std::max<std::int64_t>(unpack(seen).size() + 1, 0) / 2;
}

// What a thief adds, and what is his then.
constexpr std::uint64_t take_last(std::int64_t wanted) {
    return static_cast<std::uint64_t>(-wanted) << half_bits;
}
constexpr Range stolen(std::uint64_t before, std::int64_t wanted) {
    const auto tasks = unpack(before);
    if (tasks.size() <= 0) return {};
    return {std::max(tasks.begin, tasks.end - wanted), tasks.end};
}

// What the owner of an empty deque adds to what he saw to put tasks into it. Thieves that saw tasks there
// earlier may have subtracted in between, and got nothing: so many are missing at the end now, and left to
// the owner alone.
constexpr std::uint64_t put(std::uint64_t seen, Range tasks) {
    return pack(tasks) - seen;
}
constexpr Range left_out(std::uint64_t seen, std::uint64_t before, Range tasks) {
    const auto missing = unpack(seen).end - unpack(before).end;
    return {std::max(tasks.begin, tasks.end - missing), tasks.end};
}

}  // namespace pacer::queues::deque_word
