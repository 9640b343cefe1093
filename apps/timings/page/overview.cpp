// The head of the page: what ran, where, when, and whether the answers were right.
#include <fmt/format.h>

#include <algorithm>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "apps/timings/scaling/tables.hpp"
#include "common/measure/doubts.hpp"

namespace pacer::timings {

namespace {

using html::listed;

void add_new(std::vector<std::string>& words, const std::string& word) {
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

// The different values of a fact, in the order of the launches.
std::vector<std::string> values_of(const Report& report, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& launch : report.launches) add_new(values, fact(launch.environment, name));
    return values;
}

std::vector<std::string> hosts_of(const Report& report) {
    std::vector<std::string> hosts;
    for (const auto& launch : report.launches) {
        for (const auto& place : launch.placement) add_new(hosts, place.host);
    }
    return hosts.empty() ? std::vector<std::string>{"an unknown host"} : hosts;
}

std::vector<std::string> apps_of(const Report& report) {
    std::vector<std::string> apps;
    for (const auto& one : report.cases) add_new(apps, one.key.app);
    return apps;
}

// "program 0.1.0 (d56a380c4f, modified tree)" for each build.
std::vector<std::string> builds_of(const Report& report) {
    std::vector<std::string> builds;
    for (const auto& launch : report.launches) {
        const auto& facts = launch.environment;
        const auto commit = fact(facts, "commit").substr(0, 10);
        const auto tree = fact(facts, "tree") == "modified" ? ", modified tree" : "";
        add_new(builds, fmt::format("{} {}{}", fact(facts, "program"), fact(facts, "version"),
                                    commit.empty() ? "" : fmt::format(" ({}{})", commit, tree)));
    }
    return builds;
}

// "2026-11-22 16:20 to 16:42 UTC", from the starts of the launches, which are ISO 8601 and so sort as text.
std::string when(const Report& report) {
    const auto starts = values_of(report, "start_time");
    if (starts.empty()) return {};
    const auto [first, last] = std::minmax_element(starts.begin(), starts.end());
    if (first->size() != 20 || last->size() != 20) return ", " + fmt::format("{} to {}", *first, *last);
    const auto day = first->substr(0, 10), minute = first->substr(11, 5);
    const auto last_day = last->substr(0, 10), last_minute = last->substr(11, 5);
    auto text = fmt::format(", {} {}", day, minute);
    if (day != last_day) return fmt::format("{} to {} {} UTC", text, last_day, last_minute);
    return minute == last_minute ? text + " UTC" : fmt::format("{} to {} UTC", text, last_minute);
}

std::string rank_counts(const Report& report) {
    std::vector<std::size_t> counts;
    for (const auto& launch : report.launches) {
        if (!launch.placement.empty()) counts.push_back(launch.placement.size());
    }
    if (counts.empty()) return {};
    const auto [low, high] = std::minmax_element(counts.begin(), counts.end());
    return *low == *high ? " on " + counted(*low, "rank", "ranks")
                         : fmt::format(" on {} to {} ranks", *low, *high);
}

std::string answers(const Report& report) {
    std::vector<std::string> failed;
    std::size_t run = 0;
    for (const auto& one : report.cases) {
        run += one.launches.empty() ? 0 : 1;
        if (one.failed > 0)
            failed.push_back(fmt::format("{} {} \u00d7 {}", one.key.variant, one.key.ranks, one.key.threads));
    }
    if (run == 0) return "<b class=\"bad\">Nothing was run.</b>";
    const auto cases = counted(run, "case", "cases");
    if (failed.empty()) return fmt::format("Of {}, <b class=\"good\">every answer was verified</b>.", cases);
    return fmt::format("<b class=\"bad\">Wrong or unchecked answers in {} of {}: {}.</b>", failed.size(),
                       cases, html_text(listed(failed, 6)));
}

std::string warnings_line(const Report& report) {
    const auto kinds = doubt_groups(report.launches).size();
    if (kinds == 0) return "There are no warnings.";
    return fmt::format("There {} <a href=\"#warnings\">{}</a>.", kinds == 1 ? "is" : "are",
                       counted(kinds, "kind of warning", "kinds of warnings"));
}

std::string_view class_of(ExitStatus status) {
    return status == ExitStatus::right ? "good" : status == ExitStatus::inconclusive ? "doubt" : "bad";
}

}  // namespace

std::string headline(const Report& report) {
    auto apps = apps_of(report);
    if (apps.empty()) apps = values_of(report, "program");
    return fmt::format("{} on {}", listed(apps, 4), listed(hosts_of(report), 3));
}

std::string overview(const Report& report) {
    const auto cpus = values_of(report, "cpu_model");
    std::string text = fmt::format("<p class=\"summary\">{} of {}{} of {}{}{}. {} {}</p>\n",
                                   counted(report.launches.size(), "launch", "launches"),
                                   html_text(listed(builds_of(report), 3)), rank_counts(report),
                                   html_text(listed(hosts_of(report), 6)),
                                   cpus.empty() ? "" : fmt::format(" ({})", html_text(listed(cpus, 3))),
                                   html_text(when(report)), answers(report), warnings_line(report));
    for (const auto& program : report.builds) {
        text += fmt::format(
            "<p class=\"summary\">These launches are of different builds, which this page keeps apart. "
            "{}</p>\n",
            html_text(program));
    }
    if (!report.scaling.empty())
        text += fmt::format("<p class=\"callout\">{}</p>\n", html_text(sentence_of(report.scaling)));
    if (report.comparison) {
        text += fmt::format("<p class=\"callout {}\">{}</p>\n", class_of(report.comparison->status),
                            html_text(report.comparison->sentence));
    }
    return text;
}

}  // namespace pacer::timings
