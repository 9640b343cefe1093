#include "apps/queues/timeline.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace pacer::queues {

namespace {

struct RowHeader {
    int rank, thread;
    std::int64_t notes;
};

// Clocks of different nodes have nothing in common but the barrier before the start, so each node counts from
// its first rank's start. Collective over the node.
double start_on_node(const Team& world, const Journal& journal) {
    double start = journal.pages.empty() ? std::numeric_limits<double>::infinity() : journal.start;
    MPI_Allreduce(MPI_IN_PLACE, &start, 1, MPI_DOUBLE, MPI_MIN, world.node);
    return start;
}

// This rank's rows as bytes, to be sent.
std::string pack_rows(const Team& world, const Journal& journal, double start) {
    std::string bytes;
    for (std::size_t thread = 0; thread < journal.pages.size(); ++thread) {
        const auto& page = journal.pages[thread];
        if (page.count < 0) continue;
        const RowHeader header{world.rank, static_cast<int>(thread), page.count};
        bytes.append(reinterpret_cast<const char*>(&header), sizeof header);
        for (std::int64_t i = 0; i < page.count; ++i) {
            auto note = page.notes[static_cast<std::size_t>(i)];
            note.start -= start;
            note.end -= start;
            bytes.append(reinterpret_cast<const char*>(&note), sizeof note);
        }
    }
    return bytes;
}

void unpack_rows(const std::string& bytes, std::vector<Row>& rows) {
    for (std::size_t at = 0; at < bytes.size();) {
        RowHeader header{};
        std::memcpy(&header, bytes.data() + at, sizeof header);
        at += sizeof header;
        Row row{header.rank, header.thread, std::vector<Note>(static_cast<std::size_t>(header.notes))};
        if (!row.notes.empty())
            std::memcpy(row.notes.data(), bytes.data() + at, row.notes.size() * sizeof(Note));
        at += row.notes.size() * sizeof(Note);
        rows.push_back(std::move(row));
    }
}

}  // namespace

double Row::busy_seconds() const {
    double seconds = 0;
    for (const auto& note : notes) seconds += note.end - note.start;
    return seconds;
}

std::vector<Timeline> gather_timelines(const Team& world, const Problem& problem,
                                       const std::vector<Record>& records) {
    std::vector<Timeline> timelines;
    for (std::size_t i = 0; i < group.variants.size(); ++i) {
        const auto& variant = group.variants[i];
        const auto is_this = [&](const Record& r) { return r.variant == variant.name && r.repeats() > 0; };
        int was_run = std::any_of(records.begin(), records.end(), is_this) ? 1 : 0;
        MPI_Bcast(&was_run, 1, MPI_INT, 0, world.comm);
        if (was_run == 0) continue;
        const auto& journal = problem.journals[i];
        const double start = start_on_node(world, journal);
        double seconds = journal.pages.empty() ? 0 : journal.end - start;
        MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        const auto texts = gather_text(world, pack_rows(world, journal, start));
        if (!world.root()) continue;
        Timeline timeline{
            variant.name, uses_threads(variant.uses), has_server(variant) && world.size > 1, seconds, {}};
        for (const auto& text : texts) unpack_rows(text, timeline.rows);
        timelines.push_back(std::move(timeline));
    }
    return timelines;
}

}  // namespace pacer::queues
