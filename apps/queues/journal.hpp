// Who did which task when: the notes of every worker on this rank, always on.
#pragma once

#include <cstdint>
#include <vector>

#include "common/machine/memory.hpp"

namespace pacer::queues {

struct Note {
    std::int64_t task = 0;
    double start = 0, end = 0;  // clock readings
};

// The notes of one worker. Memory is there for as many tasks as there are, and used for those it does.
struct alignas(64) Page {  // written by one thread each
    Buffer<Note> notes;
    std::int64_t count = -1;  // -1: nobody worked here
};

// The notes of the latest execution of one variant on this rank.
struct Journal {
    std::int64_t capacity = 0;  // notes a page
    std::vector<Page> pages;    // a thread each
    double start = 0, end = 0;  // of the variant on this rank

    Journal() = default;
    Journal(std::int64_t tasks, int workers) : capacity(tasks), pages(static_cast<std::size_t>(workers)) {
        for (auto& page : pages) page.notes = make_buffer<Note>(tasks);
    }
};

}  // namespace pacer::queues
