// The report's page: text from a dump stays text, warnings are told once.
#include "apps/timings/page/page.hpp"

#include <gtest/gtest.h>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "tests/io/dump/dump_examples.hpp"

namespace pacer::timings {
namespace {

const std::string hostile = "</title><script>harmed=1</script><img src=x onerror=\"harmed=1\">'&";

// A launch whose every text is hostile.
Launch hostile_launch(const std::string& id) {
    auto launch = examples::launch(id);
    launch.environment = {{"program", hostile}, {"version", hostile},     {"commit", hostile},
                          {"tree", hostile},    {"cpu_model", hostile},   {"start_time", hostile},
                          {hostile, hostile},   {"load_before", hostile}, {"memory_bytes", hostile}};
    for (auto& place : launch.placement) place.host = place.cpus_allowed = place.thread_cpus = hostile;
    launch.doubts = {{"said", -1, hostile, 0}, {hostile, 1, hostile, 0}};
    for (auto& record : launch.records) {
        record.app = hostile;
        record.variant += hostile;
        record.parameters = {{hostile, hostile}};
        record.limit.derived = hostile;
        if (!record.not_run.empty()) record.not_run = hostile;
    }
    return launch;
}

Difference hostile_comparison(const CaseKey& key) {
    Difference compared;
    compared.key = key;
    compared.reference.seconds = compared.subject.seconds = compared.ratio = 1;
    compared.note = compared.margin_from = hostile;
    return compared;
}

Report hostile_report() {
    Report report;
    report.files = report.baseline_files = {hostile};
    report.launches = {hostile_launch("20261122T120721Z-00000001"), hostile_launch(hostile)};
    report.launches[1].placement[0].host += "2";
    report.cases = cases_of(report.launches);
    auto& compared = report.comparison.emplace();
    for (auto* lines : {&compared.other_tests, &compared.disturbed, &compared.outliers, &compared.environment,
                        &compared.compared, &compared.expected, &compared.untested})
        *lines = {hostile};
    compared.cases = {hostile_comparison(report.cases.front().key)};
    compared.sentence = hostile;
    compared.status = ExitStatus::wrong;
    ScalingSeries series;
    series.app = series.variant = series.base = series.note = hostile;
    series.parameters = {{hostile, hostile}};
    series.points.resize(2);
    report.scaling = {series};
    report.drawings[PlotKind::ladder] = "<svg><text>" + hostile + "</text></svg>";
    report.missing_drawings = {hostile};
    return report;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(ReportPage, TextStaysText) {
    const auto html = page(hostile_report());
    for (const auto* part : {"<script>", "<img src=x", "\"harmed", "onerror=\"", "'&"})
        EXPECT_EQ(count(html, part), 0U) << part;
    EXPECT_EQ(count(html, "<script"), 1U);
    EXPECT_EQ(count(html, "</title>"), 1U);
    EXPECT_GT(count(html, "&lt;script&gt;harmed=1&lt;/script&gt;"), 20U);
}

TEST(ReportPage, LoadsNothing) {
    const auto html = page(hostile_report());
    EXPECT_EQ(count(html, "default-src 'none'; img-src data:;"), 1U);
    for (const auto* part : {"http:", "https:", "file:", "url(", "@import", "<link"})
        EXPECT_EQ(count(html, part), 0U) << part;
}

TEST(ReportPage, HasAllThatIsToBeSaidOfAComparison) {
    auto report = hostile_report();
    auto& compared = *report.comparison;
    compared.other_tests = {"line 1"}, compared.disturbed = {"line 2"}, compared.outliers = {"line 3"};
    compared.environment = {"line 4"}, compared.compared = {"line 5"}, compared.expected = {"line 6"};
    compared.untested = {"line 7"};
    const auto html = page(report);
    for (char number = '1'; number <= '7'; ++number)
        EXPECT_EQ(count(html, std::string("<li>line ") + number), 1U) << number;
}

TEST(ReportPage, TellsWhatWasNeitherRunNorPlaced) {
    Report report;
    report.files = {"idle.h5"};
    report.launches = {Launch{}};
    EXPECT_NE(page(report).find("Nothing was run."), std::string::npos);
}

TEST(ReportPage, ImagesAreBase64) {
    EXPECT_NE(html::image("M", "a").find("base64,TQ==\""), std::string::npos);
    EXPECT_NE(html::image("Ma", "a").find("base64,TWE=\""), std::string::npos);
    EXPECT_NE(html::image("Man", "a").find("base64,TWFu\""), std::string::npos);
    EXPECT_NE(html::image("\xff\xfe", "a").find("base64,//4=\""), std::string::npos);
}

}  // namespace
}  // namespace pacer::timings
