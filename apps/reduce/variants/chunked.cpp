// The workshop's solution: chunks in a shared queue, drawn by whoever is free. Each chunk is written to a
// buffer, or fetched from the rank in whose memory it lies, and then summed; the buffer fits the caches,
// where the workshop's did not.
#include <algorithm>
#include <type_traits>

#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

namespace {

template <class T>
Number sum_chunk(const Problem& problem, Range chunk, T* buffer) {
    {
        PACER_REGION("write the chunk");
        if (problem.settings.source == Source::iota) {
            make_values(problem.settings, chunk, buffer);
        } else {
            problem.parts.fetch(chunk, buffer);
        }
    }
    PACER_REGION("sum the chunk");
    if constexpr (std::is_same_v<T, double>) {
        return sum_values(buffer, chunk.size());
    } else {
        return sum_values(buffer, chunk.size(), std::max(chunk.end, integer_bound));
    }
}

std::int64_t draw(const SharedCounter& tickets) {
    PACER_REGION("draw a ticket");
    return tickets.draw();
}

template <class T>
Part sum_drawn_chunks(const Problem& problem) {
    const auto length = problem.settings.chunk;
    const auto chunks = problem.all.size() / length + (problem.all.size() % length != 0 ? 1 : 0);
    const auto buffer = make_buffer<T>(std::min(length, problem.all.size()));
    Part part{0, zero(problem.settings)};
    for (auto ticket = draw(problem.tickets); ticket < chunks; ticket = draw(problem.tickets)) {
        const Range chunk{ticket * length, std::min((ticket + 1) * length, problem.all.end)};
        part.partial = part.partial + sum_chunk(problem, chunk, buffer.get());
        part.items += chunk.size();
    }
    return part;
}

}  // namespace

Answer chunked(const Problem& problem, const Team& team) {
    problem.tickets.restart(team);
    const Part part = problem.settings.type == Type::i64 ? sum_drawn_chunks<std::uint64_t>(problem)
                                                         : sum_drawn_chunks<double>(problem);
    PACER_REGION("MPI_Reduce");
    return {add_over_ranks(part.partial, team), part};
}

}  // namespace pacer::reduce
