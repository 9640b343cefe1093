// The input is divided into segments, and whoever is free draws the next one's number from a shared counter
// and reads it: nobody hands out, and a slow rank draws fewer. How many lines come before a segment is known
// only after all have been counted.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/gather.hpp"

namespace pacer::fileio {

namespace {

constexpr std::int64_t block_bytes = std::int64_t{1} << 20;

// Lines that start in these bytes of a file.
struct Segment {
    std::size_t file = 0;
    std::int64_t begin = 0, end = 0;
};

// Large, so that reading is fast and drawing costs nothing; and several for each rank, so that all end at
// about the same time. The same on every rank.
std::vector<Segment> segments_of(const std::vector<InputFile>& files, int ranks) {
    constexpr std::int64_t largest = std::int64_t{64} << 20, of_a_rank = 32;
    std::int64_t whole = 0;
    for (const auto& file : files) whole += file.bytes;
    const auto bytes = std::clamp<std::int64_t>(whole / (ranks * of_a_rank), 1, largest);
    std::vector<Segment> segments;
    for (std::size_t file = 0; file < files.size(); ++file) {
        if (files[file].compression != Compression::none) {  // only from its start
            segments.push_back({file, 0, RangeReader::to_the_end});
            continue;
        }
        for (std::int64_t begin = 0; begin < files[file].bytes; begin += bytes)
            segments.push_back({file, begin, std::min(begin + bytes, files[file].bytes)});
    }
    return segments;
}

// Draws segments until there are no more; `use` gets each one's blocks, whose lines are counted from its
// start.
void draw_segments(const Problem& problem, const Team& team, const std::vector<Segment>& segments,
                   const std::function<void(std::size_t segment, Handout block)>& use) {
    problem.tickets.restart(team);
    const auto settings = read_settings(problem.settings);
    std::optional<FileHead> head;  // of the file of the segment drawn last
    std::size_t file_of_head = 0;
    Bytes text;
    for (;;) {
        const auto number = static_cast<std::size_t>(problem.tickets.draw());
        if (number >= segments.size()) return;
        const auto& segment = segments[number];
        const auto& file = problem.files[segment.file];
        if (!head || file_of_head != segment.file) head.emplace(file, settings);
        file_of_head = segment.file;
        RangeReader reader(file, static_cast<std::int64_t>(segment.file), segment.begin, segment.end,
                           settings, *head);
        while (const auto place = reader.next(text, block_bytes)) {
            use(number, {*place, file.path, text});
            text.clear();
        }
    }
}

// The one in which a block lies.
std::size_t segment_of(const std::vector<Segment>& segments, const BlockPlace& place) {
    const auto file = static_cast<std::size_t>(place.file);
    const auto behind = std::partition_point(segments.begin(), segments.end(), [&](const Segment& segment) {
        return segment.file < file || (segment.file == file && segment.begin <= place.offset);
    });
    return static_cast<std::size_t>(behind - segments.begin()) - 1;
}

}  // namespace

Answer segments(const Problem& problem, const Team& team) {
    const auto segments = segments_of(problem.files, team.size);
    const std::vector<std::int64_t> none(segments.size(), 0);
    auto lines = none, known = none;
    // Only uneven work depends on which line of the input a record is on: to know that costs a first pass.
    if (problem.settings.workload != Workload::even) {
        draw_segments(problem, team, segments, [&](std::size_t segment, const Handout& block) {
            lines[segment] += block.place.lines;
        });
        known = lines_before(team, std::exchange(lines, none));
    }
    Gathering gathering(team, segments.size(),
                        [&](int, const BlockPlace& place) { return segment_of(segments, place); });
    Processor processor(problem.job, 0);
    draw_segments(problem, team, segments, [&](std::size_t segment, Handout block) {
        lines[segment] += block.place.lines;
        block.place.first_index += known[segment];
        processor.process(block, [&](Bytes piece) { gathering.add(std::move(piece)); });
    });
    return gathering.end(lines, known);
}

}  // namespace pacer::fileio
