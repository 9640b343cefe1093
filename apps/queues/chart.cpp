#include "apps/queues/chart.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/units.hpp"

namespace pacer::queues {

namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

char letter_of(std::int64_t task, std::int64_t tasks) {
    const auto count = std::ssize(letters);
    return letters[static_cast<std::size_t>(tasks <= count ? task : task * count / tasks)];
}

std::string row_text(const Timeline& timeline, const Row& row, std::int64_t tasks) {
    const double idle = timeline.seconds > 0 ? 1 - row.busy_seconds() / timeline.seconds : 0;
    const auto name =
        timeline.threads ? fmt::format("thread {}", row.thread) : fmt::format("rank {}", row.rank);
    return fmt::format("  {:<10} {}  idle {:5.1f} %  {} task{}\n", name,
                       chart_row(row, timeline.seconds, tasks), 100 * idle, row.notes.size(),
                       row.notes.size() == 1 ? "" : "s");
}

std::string timeline_text(const Timeline& timeline, std::int64_t tasks) {
    auto text = fmt::format("\n{}, {}{}\n", timeline.variant, format_seconds(timeline.seconds),
                            timeline.served ? ", rank 0 hands out" : "");
    const auto rows = timeline.rows.size();
    for (std::size_t i = 0; i < rows; ++i) {
        if (rows > most_rows && i == most_rows / 2) {
            text += fmt::format("  ... {} more\n", rows - most_rows);
            i += rows - most_rows;
        }
        text += row_text(timeline, timeline.rows[i], tasks);
    }
    return text + order_begun(timeline);
}

}  // namespace

std::string chart_row(const Row& row, double seconds, std::int64_t tasks) {
    std::string text(chart_columns, '.');
    std::vector<double> busy(chart_columns, 0), most(chart_columns, 0);
    const double width = seconds / static_cast<double>(chart_columns);
    if (width <= 0) return text;
    const auto column_of = [&](double time) {
        const double column = std::clamp(time / width, 0.0, static_cast<double>(chart_columns - 1));
        return static_cast<std::size_t>(column);
    };
    for (const auto& note : row.notes) {
        const auto last = column_of(note.end);
        for (auto column = column_of(note.start); column <= last; ++column) {
            const double begin = static_cast<double>(column) * width;
            const double share = std::min(note.end, begin + width) - std::max(note.start, begin);
            busy[column] += share;
            if (share <= most[column]) continue;
            most[column] = share;
            text[column] = letter_of(note.task, tasks);
        }
    }
    for (std::size_t column = 0; column < chart_columns; ++column) {
        if (busy[column] < width / 2) text[column] = '.';
    }
    return text;
}

std::string order_begun(const Timeline& timeline) {
    struct Begun {
        double start;
        std::int64_t task;
        int worker;
    };
    std::vector<Begun> all;
    for (const auto& row : timeline.rows) {
        const int worker = timeline.threads ? row.thread : row.rank;
        for (const auto& note : row.notes) all.push_back({note.start, note.task, worker});
    }
    std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.start < b.start; });
    constexpr std::size_t dozen = 12;
    const auto line = [&](std::string_view name, std::size_t begin, std::size_t end) {
        auto text = fmt::format("  {:<10}", name);
        for (auto i = begin; i < end; ++i) text += fmt::format(" {}@{}", all[i].task, all[i].worker);
        return text + "\n";
    };
    if (all.empty()) return {};
    if (all.size() <= dozen) return line("begun", 0, all.size());
    const auto last = std::max(dozen, all.size() - dozen);
    return line("first", 0, dozen) + line("last", last, all.size());
}

std::string chart(const std::vector<Timeline>& timelines, std::int64_t tasks) {
    if (timelines.empty()) return {};
    const auto letter = tasks > std::ssize(letters)
                            ? fmt::format("the tasks in {} groups, 0 to 9, A to Z, a to z", letters.size())
                            : std::string("the tasks: 0 to 9, A to Z, a to z");
    auto text = fmt::format(
        "\nthe last execution of each variant; letters are {}; dots are idle;\n"
        "first and last: task@worker in the order begun\n",
        letter);
    for (const auto& timeline : timelines) text += timeline_text(timeline, tasks);
    return text;
}

}  // namespace pacer::queues
