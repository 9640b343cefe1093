#include "apps/queues/trace.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "io/files/part_file.hpp"

namespace pacer::queues {

namespace {

constexpr double us = 1e6;
constexpr double gap = 0.1;  // between two timelines, of the first one's time

using Append = std::function<void(std::string_view)>;

// Events with the commas between them.
class Events {
  public:
    explicit Events(const Append& append) : append_(append) {}

    void name_process(int rank) {
        event(fmt::format(R"({{"name":"process_name","ph":"M","pid":{0},"args":{{"name":"rank {0}"}}}})",
                          rank));
        event(fmt::format(R"({{"name":"process_sort_index","ph":"M","pid":{0},"args":{{"sort_index":{0}}}}})",
                          rank));
    }

    // `details` is a JSON object.
    void complete(std::string_view name, std::string_view category, const Row& row, double start,
                  double seconds, std::string_view details) {
        event(fmt::format(
            R"({{"name":"{}","cat":"{}","ph":"X","ts":{:.3f},"dur":{:.3f},"pid":{},"tid":{},"args":{}}})",
            name, category, us * start, us * seconds, row.rank, row.thread, details));
    }

  private:
    void event(std::string_view text) {
        append_(first_ ? "\n" : ",\n");
        append_(text);
        first_ = false;
    }

    const Append& append_;
    bool first_ = true;
};

}  // namespace

void write_trace(const std::vector<Timeline>& timelines, const Problem& problem, const Append& append) {
    append(R"({"displayTimeUnit":"ms","traceEvents":[)");
    Events events(append);
    std::map<int, bool> named;
    double offset = 0;
    for (const auto& timeline : timelines) {
        for (const auto& row : timeline.rows) {
            if (!std::exchange(named[row.rank], true)) events.name_process(row.rank);
            events.complete(timeline.variant, "variant", row, offset, timeline.seconds,
                            fmt::format(R"({{"tasks":{}}})", row.notes.size()));
            for (const auto& note : row.notes) {
                const auto steps = problem.steps.at(static_cast<std::size_t>(note.task));
                events.complete(fmt::format("task {}", note.task), timeline.variant, row, offset + note.start,
                                note.end - note.start, fmt::format(R"({{"steps":{}}})", steps));
            }
        }
        offset += (1 + gap) * timeline.seconds;
    }
    append("\n]}\n");
}

void write_trace_file(const std::vector<Timeline>& timelines, const Problem& problem, const std::string& name,
                      bool force) {
    constexpr std::size_t at_once = std::size_t{1} << 20;
    PartFile file(name);
    std::string text;
    write_trace(timelines, problem, [&](std::string_view more) {
        text += more;
        if (text.size() < at_once) return;
        file.append(text);
        text.clear();
    });
    file.append(text);
    file.commit(force);
}

}  // namespace pacer::queues
