// One table, five faces.
#include "common/report/table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "common/report/document.hpp"

namespace pacer {
namespace {

struct Row {
    std::string name;
    std::optional<double> seconds;
    int count;
};

const std::vector<ColumnOf<Row>> columns = {
    {"name", "name", unit::text, [](const Row& r) { return r.name; }},
    {"seconds", "time", unit::seconds, [](const Row& r) { return r.seconds; }, face::all, "of \"one\""},
    {"count", "", unit::figure, [](const Row& r) { return r.count; }},
    {"", "share", unit::bar, [](const Row& r) { return Cell(r.count / 100.0); }},
    {"", "remark", unit::text,
     [](const Row& r) {
         return r.seconds ? Cell("fine").marked("good") : Cell("bad, \"x\"|<y>").marked("bad");
     }},
    {"only_json", "", unit::text,
     [](const Row&) {
         return Json{{"a", 1}};
     },
     face::json},
};
const Table example = table_of(columns, std::vector<Row>{{"a,\"b\"", 0.5, 7}, {"grün", {}, 12}});

TEST(Table, OfTextIsAlignedByCharacters) {
    EXPECT_EQ(example.text(),
              "name       time  share  remark\n"
              "a,\"b\"  500.0 ms    7.0  fine\n"
              "grün          -   12.0  bad, \"x\"|<y>\n");
    EXPECT_NE(example.text(true).find("\x1b[32mfine\x1b[0m"), std::string::npos);
}

TEST(Table, OfCsvHasKeysAndFullFigures) {
    EXPECT_EQ(example.csv(), "name,seconds,count\n\"a,\"\"b\"\"\",0.5,7\ngrün,,12\n");
}

TEST(Table, OfJsonHasNullWhereThereIsNothing) {
    const auto rows = nlohmann::json::parse(example.json().text(2));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["name"], "a,\"b\"");
    EXPECT_EQ(rows[0]["seconds"], 0.5);
    EXPECT_TRUE(rows[1]["seconds"].is_null());
    EXPECT_EQ(rows[1]["only_json"]["a"], 1);
    EXPECT_FALSE(rows[0].contains(""));
    EXPECT_EQ(rows[1].size(), 4U);
}

TEST(Table, OfMarkdownCannotBeBrokenByItsCells) {
    EXPECT_EQ(example.markdown(),
              "| name | time | share | remark |\n|:--|--:|--:|:--|\n"
              "| a,\"b\" | 500.0 ms | 7.0 | fine |\n"
              "| grün | - | 12.0 | **bad, \"x\"\\|\\<y>** |\n");
}

TEST(Table, OfHtmlEscapesSortsAndDrawsBars) {
    const auto html = example.html("A & B");
    for (const auto* part :
         {"aria-label=\"A &amp; B\"",
          "<th scope=\"col\" class=\"figure\" title=\"of &quot;one&quot;\">time</th>",
          "<th scope=\"row\">a,&quot;b&quot;</th>", "<td class=\"figure\" data-value=\"0.5\">500.0 ms</td>",
          "<td class=\"figure absent\">-</td>",
          "<td class=\"figure bar\" data-value=\"0.07\" style=\"--part: 7.0%\">7.0</td>",
          "<td class=\"bad\">bad, &quot;x&quot;|&lt;y&gt;</td>"}) {
        EXPECT_NE(html.find(part), std::string::npos) << part << "\n" << html;
    }
}

TEST(Table, ARowMayEndEarlyOnATerminal) {
    Table table({{"", "name", unit::text}, {"n", "n", unit::figure}, {"", "end", unit::text}});
    Cell why(nullptr, "not run: needs 16 GiB of memory");
    why.ends_row = true;
    table.add({"a", why, "unseen"});
    table.add({"b", 12, "seen"});
    EXPECT_EQ(table.text(), "name   n  end\na     not run: needs 16 GiB of memory\nb     12  seen\n");
    EXPECT_EQ(table.csv(), "n\n\n12\n");
}

TEST(Table, WhatIsNoNumberIsAbsent) {
    Table table({{"x", "x", unit::figure}});
    table.add({std::numeric_limits<double>::quiet_NaN()});
    table.add({1e-300});
    table.add({std::int64_t{9007199254740993}});
    EXPECT_EQ(table.csv(), "x\n\n1e-300\n9007199254740993\n");
    EXPECT_NE(table.json().text(-1).find("9007199254740993"), std::string::npos);
}

Document document() {
    Document made("made up");
    made.title("a <title>");
    made.text("first\nsecond");
    made.table("rows", example);
    made.notes("a *note*");
    made.list("differences", "differs", {"a | b"});
    made.value("status", 3);
    made.sentence("sentence", "It is so.");
    return made;
}

TEST(Document, OfTextHasOneEmptyLineBetweenParts) {
    EXPECT_EQ(document().as(Format::table),
              "a <title>\nfirst\nsecond\n\n" + example.text() + "a *note*\n\ndiffers  a | b\n\nIt is so.\n");
}

TEST(Document, OfJsonHasTheMembersWithAKey) {
    const auto all = nlohmann::ordered_json::parse(document().as(Format::json));
    std::vector<std::string> keys;
    for (const auto& [key, value] : all.items()) keys.push_back(key);
    EXPECT_EQ(keys, (std::vector<std::string>{"document", "rows", "differences", "status", "sentence"}));
    EXPECT_EQ(all["document"], "made up");
    EXPECT_EQ(all["differences"][0], "a | b");
    EXPECT_EQ(all["status"], 3);
    EXPECT_EQ(document().as(Format::csv), example.csv());
}

TEST(Document, OfMarkdownAndHtmlBeginsWithWhatItComesTo) {
    const auto markdown = document().as(Format::markdown), html = document().as(Format::html);
    EXPECT_TRUE(markdown.starts_with("**It is so.**\n\n### a \\<title>\n")) << markdown;
    EXPECT_NE(markdown.find("\ndiffers:\n\n* a \\| b\n"), std::string::npos) << markdown;
    EXPECT_NE(markdown.find("a \\*note\\*"), std::string::npos) << markdown;
    EXPECT_TRUE(html.starts_with("<!DOCTYPE html>")) << html;
    EXPECT_LT(html.find("It is so."), html.find("<h3>a &lt;title&gt;</h3>"));
    EXPECT_NE(html.find("<li>a | b</li>"), std::string::npos);
    EXPECT_TRUE(html.ends_with("</html>\n"));
}

}  // namespace
}  // namespace pacer
