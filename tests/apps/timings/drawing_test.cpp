// Drawings: that gnuplot takes every script, that nothing in a dump can speak to it, and what happens without
// it. That they are good to look at, somebody has to look.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "apps/timings/drawing/drawing.hpp"
#include "apps/timings/drawing/gnuplot.hpp"
#include "apps/timings/drawing/sheet.hpp"
#include "apps/timings/scaling/sweeps.hpp"
#include "common/base/status.hpp"

namespace {

using namespace pacer;
using namespace pacer::timings;

Record record(const std::string& variant, int ranks, double seconds, int repeats = 7, double limit = 0) {
    Record made;
    made.app = "reduce";
    made.variant = variant;
    made.uses = Uses::ranks;
    made.ranks = ranks;
    made.parameters = {{"elements", std::int64_t{1000}}};
    made.limit.seconds = limit;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        made.round.push_back(repeat);
        for (int rank = 0; rank < ranks; ++rank) {
            made.seconds.push_back(seconds * (1 + 0.01 * (repeat * 7 % 5) - 0.001 * rank));
        }
    }
    made.verdict = {repeats, 0, "1", "1", "0"};
    return made;
}

Launch launch(std::vector<Record> records) {
    static int made = 0;
    Launch one;
    one.id = fmt::format("20261122T120721Z-{:08x}", ++made);
    one.records = std::move(records);
    return one;
}

std::vector<Launch> scaling_launches() {
    std::vector<Launch> launches;
    for (const int p : {1, 2, 4, 8}) {
        launches.push_back(launch({record("serial", 1, 1, 7, 0.1), record("mpi", p, 1.0 / p + 0.1),
                                   record("hybrid", p, 0.9 / p + 0.05)}));
    }
    return launches;
}

// Bandwidth and latency by working set, on a machine with a cache of 64 KiB.
std::vector<Launch> sweep_launches(int sizes = 6) {
    std::vector<Record> records;
    for (int i = 0; i < sizes; ++i) {
        for (const auto* variant : {"read", "chase"}) {
            auto one = record(variant, 1, 1e-3 * (1 + i));
            one.parameters = {{"working_set", std::int64_t{16384} << i}};
            one.work.items = 1000;
            one.work.bytes = one.variant == "read" ? 8'000'000 : 0;
            records.push_back(std::move(one));
        }
    }
    auto made = launch(std::move(records));
    made.environment = {{"l1d_bytes", std::int64_t{65536}}, {"l3_bytes", std::int64_t{1} << 40}};
    return {made};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// All of it is characters, and its tags close.
void expect_sound_svg(const std::string& svg) {
    EXPECT_EQ(svg.rfind("<?xml", 0), 0U);
    EXPECT_NE(svg.find("</svg>"), std::string::npos);
    int depth = 0;
    for (std::size_t at = svg.find("<svg"); at != std::string::npos; at = svg.find('<', at + 1)) {
        const auto end = svg.find('>', at);
        ASSERT_NE(end, std::string::npos);
        if (svg[at + 1] == '!' || svg[at + 1] == '?') continue;
        if (svg[at + 1] == '/') {
            --depth;
        } else if (svg[end - 1] != '/') {
            ++depth;
        }
        ASSERT_GE(depth, 0) << svg.substr(at, 80);
    }
    EXPECT_EQ(depth, 0);
    // Nothing is fetched, and nothing of the ink is fixed.
    for (const std::string link : {"href='", "href=\"", "url("}) {
        for (auto at = svg.find(link); at != std::string::npos; at = svg.find(link, at + 1)) {
            EXPECT_EQ(svg[at + link.size()], '#') << svg.substr(at, 80);
        }
    }
    for (const auto* active : {"@import", "<script"}) EXPECT_EQ(svg.find(active), std::string::npos);
    EXPECT_EQ(svg.find("color=\"black\""), std::string::npos);
    EXPECT_EQ(svg.find("fill=\"black\""), std::string::npos);
    EXPECT_NE(svg.find("fill=\"currentColor\""), std::string::npos);
}

// Launches that have what the kind is about, of a variant of that name.
std::pair<std::vector<Launch>, std::string> launches_for(PlotKind kind) {
    return kind == PlotKind::sweep ? std::pair(sweep_launches(), "chase")
                                   : std::pair(scaling_launches(), "mpi");
}

TEST(Draw, TakesEveryKindToEveryCanvas) {
    for (const auto kind : plot_kinds) {
        SCOPED_TRACE(name_of(kind));
        const auto [launches, variant] = launches_for(kind);
        const auto svg = draw(kind, launches, Canvas::svg);
        expect_sound_svg(svg);
        EXPECT_NE(svg.find(title_of(kind)), std::string::npos);
        EXPECT_EQ(draw(kind, launches, Canvas::png).substr(0, 8), "\x89PNG\r\n\x1a\n");
        EXPECT_EQ(draw(kind, launches, Canvas::pdf).substr(0, 5), "%PDF-");
        const auto text = draw(kind, launches, Canvas::text, 80);
        EXPECT_EQ(lines_of(text).at(0), " " + std::string(title_of(kind)));
        EXPECT_NE(text.find(variant), std::string::npos);
        for (const auto& line : lines_of(text)) {
            EXPECT_LE(line.size(), 80U);
            EXPECT_EQ(line.find_first_of("\f\t\x1b$"), std::string::npos) << line;
        }
    }
}

TEST(Draw, SaysTheSameEachTime) {
    for (const auto kind : plot_kinds) {
        const auto launches = launches_for(kind).first;
        EXPECT_EQ(draw(kind, launches, Canvas::svg), draw(kind, launches, Canvas::svg));
    }
}

TEST(Draw, GivesEachCaseInTextALineOfItsOwn) {
    std::vector<Record> records;
    for (int i = 0; i < 60; ++i) {
        records.push_back(record(fmt::format("variant{:02}", i), 1, std::pow(1.3, -i), 7, 1e-9));
    }
    for (const auto kind : {PlotKind::ladder, PlotKind::distribution}) {
        const auto lines = lines_of(draw(kind, {launch(records)}, Canvas::text, 120));
        for (std::size_t i = 0; i < records.size(); ++i) {
            const auto& line = lines.at(3 + i);  // slowest first, as they are
            EXPECT_NE(line.find(records[i].variant + " 1 x 1"), std::string::npos) << line;
            EXPECT_EQ(std::count(line.begin(), line.end(), 'o'), 1) << line;
        }
    }
}

TEST(Draw, PutsTheLadderWhereTheTimesAre) {
    const auto text =
        draw(PlotKind::ladder, {launch({record("slow", 1, 1e-1, 7, 1e-3), record("fast", 1, 1e-2, 7, 1e-3)})},
             Canvas::text, 100);
    const auto lines = lines_of(text);
    const auto slow = lines.at(3), fast = lines.at(4);
    EXPECT_NE(slow.find("102.0 ms"), std::string::npos) << text;
    EXPECT_NE(slow.find(" 1.0"), std::string::npos) << text;
    EXPECT_NE(fast.find(" 9.8"), std::string::npos) << text;
    const auto from = [](const std::string& line, char mark) {
        return static_cast<double>(line.find(mark, line.find('|'))) - static_cast<double>(line.find('|'));
    };
    EXPECT_EQ(slow.find('|'), fast.find('|')) << text;
    EXPECT_NEAR(from(slow, 'o') / from(fast, 'o'), 2, 0.1) << text;  // two decades and one
}

TEST(Draw, SweepsABandwidthAndATimeWithTheCachesMarked) {
    const auto launches = sweep_launches();
    const auto text = draw(PlotKind::sweep, launches, Canvas::text, 100);
    const auto lines = lines_of(text);
    const auto find = [&](const std::string& words) {
        const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find(words) != std::string::npos;
        });
        return std::distance(lines.begin(), found);
    };
    EXPECT_LT(find("bandwidth"), find("A read"));
    EXPECT_LT(find("A read"), find("time per item"));
    EXPECT_LT(find("time per item"), find("A chase"));
    EXPECT_EQ(text.find("L3"), std::string::npos) << text;  // beyond what was measured
    for (const auto* words : {"L1d 64 KiB", "16 KiB", "512 KiB", "5 GB/s", "2 us", "working_set"}) {
        EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
    }
    // The mark of the cache goes through the point of that size: the third of six, and a line of its own
    // below.
    const auto mark = lines.at(static_cast<std::size_t>(find("+"))).find(':');
    ASSERT_NE(mark, std::string::npos) << text;
    const auto above = lines.at(static_cast<std::size_t>(find("L1d 64 KiB"))).find("L1d 64 KiB") + 5;
    EXPECT_NEAR(static_cast<double>(above), static_cast<double>(mark), 1) << text;  // its middle
    std::size_t through = 0;
    for (const auto& line : lines) through += line.size() > mark && line[mark] == 'A' ? 1 : 0;
    EXPECT_EQ(through, 2U) << text;  // a panel each
    EXPECT_NE(draw(PlotKind::sweep, launches, Canvas::svg).find("L1d 64 KiB"), std::string::npos);
    auto others = launches;
    others.push_back(sweep_launches()[0]);
    others[1].environment = {{"l1d_bytes", std::int64_t{32768}}};
    EXPECT_EQ(draw(PlotKind::sweep, others, Canvas::text).find("L1d"), std::string::npos);
}

TEST(Draw, ManagesWhatIsOdd) {
    auto zero_spread = record("even", 1, 1);
    for (auto& seconds : zero_spread.seconds) seconds = 1;
    const std::vector<std::vector<Launch>> oddities = {
        {launch({record("one", 1, 0.5, 1)})},
        {launch({zero_spread})},
        {launch(
            {record("ns", 1, 1e-9), record("h", 1, 1e4), record("years", 1, 1e8), record("no", 1, 1e-12)})},
        {launch({record("below", 1, 1, 7, 2)})},  // faster than its limit
        {launch({record("wide", 300, 1)})},
        sweep_launches(40),
        {launch({record(std::string(500, 'x'), 2, 1), record("", 2, 1)})}};
    for (const auto& launches : oddities) {
        for (const auto kind : kinds_for(launches)) {
            SCOPED_TRACE(fmt::format("{} of {}", name_of(kind), launches[0].records[0].variant));
            expect_sound_svg(draw(kind, launches, Canvas::svg));
            for (const int columns : {1, 60, 500}) {
                EXPECT_FALSE(draw(kind, launches, Canvas::text, columns).empty());
            }
        }
    }
}

TEST(Draw, StaysSmallWhateverTheNumberOfSamples) {
    const auto many = launch({record("much", 1, 1, 200000)});
    EXPECT_LT(draw(PlotKind::distribution, {many}, Canvas::svg).size(), 3000000U);
    EXPECT_LT(draw(PlotKind::samples, {many}, Canvas::svg).size(), 3000000U);
    std::vector<Record> records;
    for (int i = 0; i < 1000; ++i) records.push_back(record(fmt::format("v{}", i), 1, 1 + i, 1));
    EXPECT_THROW(draw(PlotKind::ladder, {launch(records)}, Canvas::png), UsageError);
}

TEST(Draw, LetsNoNameSpeakToGnuplot) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("drawing-{}", getpid());
    std::filesystem::create_directory(folder);
    const auto trap = (folder / "trap").string();
    std::vector<std::string> names = {"it's 100 % %s %d a_b^c {/Symbol a} @x $y",
                                      "`touch " + trap + "`",
                                      "'; system('touch " + trap + "'); '",
                                      "\nsystem('touch " + trap + "')\n!touch " + trap + "\n",
                                      "\nEND\nsystem('touch " + trap + "')\n",
                                      "\" . system(\"touch " + trap + "\") . \"",
                                      "\\",
                                      "'",
                                      "<b>&amp;</b>",
                                      "\xff\xc0\xaf\xed",
                                      "h\u00fctte \u6e96"};
    std::vector<Launch> launches;
    for (const int p : {1, 2, 4}) {
        std::vector<Record> records;
        for (const auto& name : names) {
            for (const std::int64_t size : {1, 2, 3, 4}) {
                records.push_back(record(name, p, 1.0 / p));
                records.back().parameters = {{"elements", size}, {"kind", name}};
            }
        }
        launches.push_back(launch(records));
    }
    for (const auto kind : plot_kinds) {
        SCOPED_TRACE(name_of(kind));
        const auto svg = draw(kind, launches, Canvas::svg);
        expect_sound_svg(svg);
        EXPECT_EQ(svg.find("<b>"), std::string::npos);
        EXPECT_EQ(svg.find('\xff'), std::string::npos);
        EXPECT_NE(svg.find("h\u00fctte \u6e96"), std::string::npos);
        EXPECT_NE(svg.find("it's 100 % %s"), std::string::npos);
        EXPECT_NE(svg.find("&lt;b>&amp;amp;"), std::string::npos);
        draw(kind, launches, Canvas::text);
    }
    EXPECT_FALSE(std::filesystem::exists(trap));
    std::filesystem::remove_all(folder);
}

TEST(Draw, TakesOnlyWhatIsWanted) {
    const auto text = draw(PlotKind::ladder, scaling_launches(), Canvas::text, 100, {"/mpi"});
    EXPECT_NE(text.find("mpi 8 x 1"), std::string::npos);
    EXPECT_EQ(text.find("hybrid"), std::string::npos);
    EXPECT_THROW(draw(PlotKind::ladder, scaling_launches(), Canvas::text, 100, {"/none"}), UsageError);
}

TEST(Draw, RefusesWhatIsNotThere) {
    const std::vector<Launch> serial = {launch({record("serial", 1, 1)})};
    EXPECT_THROW(draw(PlotKind::balance, serial, Canvas::svg), UsageError);
    EXPECT_THROW(draw(PlotKind::scaling, serial, Canvas::svg), UsageError);
    auto idle = record("serial", 1, 1, 0);
    idle.not_run = "it needs 2 ranks";
    for (const auto kind : plot_kinds) {
        EXPECT_THROW(draw(kind, {launch({idle})}, Canvas::svg), UsageError);
        EXPECT_THROW(draw(kind, {}, Canvas::svg), UsageError);
    }
    EXPECT_TRUE(kinds_for({}).empty());
    EXPECT_TRUE(kinds_for({launch({idle})}).empty());
    EXPECT_EQ(kinds_for(serial), (std::vector{PlotKind::ladder, PlotKind::samples, PlotKind::distribution}));
    EXPECT_THROW(draw(PlotKind::sweep, scaling_launches(), Canvas::svg), UsageError);
    EXPECT_THROW(draw(PlotKind::sweep, sweep_launches(3), Canvas::svg), UsageError);
    EXPECT_EQ(kinds_for(scaling_launches()),
              (std::vector{PlotKind::ladder, PlotKind::scaling, PlotKind::samples, PlotKind::distribution,
                           PlotKind::balance}));
    EXPECT_EQ(kinds_for(sweep_launches()),
              (std::vector{PlotKind::ladder, PlotKind::sweep, PlotKind::samples, PlotKind::distribution}));
}

TEST(Sweeps, HaveALineAVariantInTheOrderOfSizes) {
    auto launches = sweep_launches();
    std::reverse(launches[0].records.begin(), launches[0].records.end());
    const auto cases = cases_of(launches);
    const auto sweeps = sweeps_of(cases);
    ASSERT_EQ(sweeps.size(), 1U);
    EXPECT_EQ(sweeps[0].parameter, "working_set");
    EXPECT_EQ(sweeps[0].marks.front(), (std::pair<std::string, double>{"L1d", 65536}));
    ASSERT_EQ(sweeps[0].lines.size(), 2U);
    for (const auto& line : sweeps[0].lines) {
        EXPECT_EQ(line.is_rate, line.variant == "read");
        ASSERT_EQ(line.points.size(), 6U);
        for (std::size_t i = 0; i < 6; ++i) {
            const auto& point = line.points[i];
            EXPECT_EQ(point.at, 16384 << i);
            const double seconds =
                1.02e-3 * static_cast<double>(i + 1);  // the median of 0, 2, 4, 1, 3, 0, 2 %
            EXPECT_NEAR(point.value / (line.is_rate ? 8e6 / seconds : seconds / 1000), 1, 1e-9);
            EXPECT_LT(point.low, point.value);
            EXPECT_GT(point.high, point.value);
        }
    }
    EXPECT_TRUE(are_all_swept(cases, sweeps));
    launches[0].records.push_back(record("other", 1, 1));
    EXPECT_FALSE(are_all_swept(cases_of(launches), sweeps));
}

// Sets of other parameters are sweeps of their own; texts, zeros and too few sizes are none.
TEST(Sweeps, AreOfOneParameterAlone) {
    std::vector<Record> records;
    for (const std::int64_t size : {0, 1, 2, 3, 4}) {
        for (const auto* idiom : {"a", "b"}) {
            records.push_back(record("mpi", 2, 1));
            records.back().parameters = {{"idiom", idiom}, {"elements", size}};
        }
    }
    const auto launches = std::vector{launch(records)};
    const auto sweeps = sweeps_of(cases_of(launches));
    ASSERT_EQ(sweeps.size(), 2U);
    for (const auto& sweep : sweeps) {
        EXPECT_EQ(sweep.parameter, "elements");
        EXPECT_EQ(sweep.lines.at(0).points.size(), 4U);
        EXPECT_TRUE(sweep.marks.empty());  // elements are no bytes
    }
    EXPECT_TRUE(sweeps_of(cases_of(scaling_launches())).empty());
    EXPECT_TRUE(is_size("bytes") && is_size("working_set") && is_size("message_bytes") &&
                !is_size("elements"));
}

// Another gnuplot, or none, for as long as this lives.
class OtherGnuplot {
  public:
    explicit OtherGnuplot(const std::string& script) : path_(std::getenv("PATH")) {
        std::filesystem::create_directory(folder_);
        if (!script.empty()) {
            std::ofstream(folder_ / "gnuplot") << "#!/bin/sh\nPATH=" << path_ << "\n" << script << "\n";
            std::filesystem::permissions(folder_ / "gnuplot", std::filesystem::perms::owner_all);
        }
        setenv("PATH", folder_.c_str(), 1);
    }
    ~OtherGnuplot() {
        setenv("PATH", path_.c_str(), 1);
        std::filesystem::remove_all(folder_);
    }

  private:
    std::string path_;
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / fmt::format("gnuplot-{}", getpid());
};

std::string refusal(const std::string& gnuplot, const std::string& script = "plot x\n") {
    const OtherGnuplot other(gnuplot);
    try {
        run_gnuplot(script);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "none";
}

TEST(Gnuplot, ThatIsMissingOrFailsIsNamed) {
    const auto expect = [](const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        EXPECT_NE(text.find("apt-get install gnuplot-nox"), std::string::npos) << text;
    };
    expect(refusal(""), "cannot run gnuplot, which draws the plots: No such file or directory");
    expect(refusal("echo ' unknown or\n   ambiguous terminal type' >&2; exit 1"),
           "failed with status 1: unknown or ambiguous terminal type");
    expect(refusal("kill -9 $$"), "was killed by signal 9: no message");
    expect(refusal("exit 0"), "drew nothing");
    EXPECT_THROW(run_gnuplot("this is no gnuplot\n"), UsageError);
}

TEST(Gnuplot, NeverHangsNorDiesOfAPipe) {
    const std::string script(4000000, '#');
    EXPECT_NE(refusal("exit 3", script).find("status 3"), std::string::npos);  // reads nothing of it
    const OtherGnuplot other("head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; cat; exit 0");
    EXPECT_EQ(run_gnuplot(script).size(), 7000000U);
}

TEST(Gnuplot, ReadsNoSettingsOfTheUser) {
    const auto home = std::filesystem::temp_directory_path() / fmt::format("home-{}", getpid());
    std::filesystem::create_directory(home);
    std::ofstream(home / ".gnuplot") << "this is no gnuplot\n";
    const std::string before = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "/";
    setenv("HOME", home.c_str(), 1);
    EXPECT_NO_THROW(draw(PlotKind::ladder, scaling_launches(), Canvas::text));
    setenv("HOME", before.c_str(), 1);
    std::filesystem::remove_all(home);
}

std::string words_of(const Tics& tics) {
    std::string text;
    for (const auto& [at, words] : tics)
        text += fmt::format("{}{} at {}", text.empty() ? "" : ", ", words, at);
    return text;
}

TEST(Tics, AreRoundFewAndInside) {
    for (double low = 1e-10; low < 1e7; low *= 3.7) {
        for (const double wide : {1.05, 1.3, 2.0, 7.0, 60.0, 1e4, 1e9}) {
            SCOPED_TRACE(fmt::format("{} .. {}", low, low * wide));
            for (const auto& tics : {time_tics(low, low * wide, 6), even_time_tics(low, low * wide, 6)}) {
                EXPECT_GE(tics.size(), wide > 1.2 ? 2U : 1U);
                EXPECT_LE(tics.size(), 9U);
                for (std::size_t i = 0; i < tics.size(); ++i) {
                    EXPECT_GE(tics[i].first, low * (1 - 1e-6));
                    EXPECT_LE(tics[i].first, low * wide * (1 + 1e-6));
                    EXPECT_TRUE(i == 0 || tics[i].second != tics[i - 1].second);
                }
            }
        }
    }
    EXPECT_EQ(words_of(time_tics(0.9e-3, 12e-3, 9)),
              "1 ms at 0.001, 2 ms at 0.002, 5 ms at 0.005, 10 ms at 0.01");
    EXPECT_EQ(words_of(time_tics(50, 4000, 9)),
              "50 s at 50, 1 min at 60, 2 min at 120, 5 min at 300, 10 min at 600, 20 min at 1200, 30 min at "
              "1800, 1 h at 3600");
    EXPECT_EQ(words_of(even_time_tics(0.98, 1.03, 5)),
              "0.98 s at 0.98, 0.99 s at 0.99, 1 s at 1, 1.01 s at 1.01, 1.02 s at 1.02, 1.03 s at 1.03");
    EXPECT_EQ(words_of(count_tics(0, 63, 16)),
              "0 at 0, 5 at 5, 10 at 10, 15 at 15, 20 at 20, 25 at 25, 30 at 30, 35 at 35, 40 at 40, 45 at "
              "45, 50 at 50, 55 at 55, 60 at 60");
}

TEST(Tics, OfRatiosHaveTheMedianAndRoom) {
    for (const double wide : {1.001, 1.02, 1.3, 3.0, 50.0, 1e4}) {
        const auto tics = ratio_tics(1 / wide, wide * wide, 7);
        EXPECT_GE(tics.size(), 2U);
        EXPECT_LE(tics.size(), 9U);
        EXPECT_EQ(tics.front(), (std::pair<double, std::string>{1, "median"}));
    }
    EXPECT_EQ(words_of(ratio_tics(0.95, 1.25, 4)), "median at 1, +20 % at 1.2, +10 % at 1.1");
    EXPECT_EQ(words_of(ratio_tics(0.4, 12, 6)), "median at 1, x10 at 10, x5 at 5, x2 at 2, /2 at 0.5");
}

TEST(Tics, OfRatesAndSizesAreFew) {
    EXPECT_EQ(
        words_of(decimal_tics(3e9, 6e11, 9, "B/s")),
        "5 GB/s at 5000000000, 10 GB/s at 10000000000, 20 GB/s at 20000000000, 50 GB/s at 50000000000, 100 "
        "GB/s at 100000000000, 200 GB/s at 200000000000, 500 GB/s at 500000000000");
    EXPECT_EQ(words_of(decimal_tics(0.5, 3e6, 4, "")), "1 at 1, 100 at 100, 10 k at 10000, 1 M at 1000000");
    EXPECT_EQ(words_of(decimal_tics(6, 7, 4, "")), "6 at 6");
    EXPECT_EQ(words_of(size_tics(1000, 70000, 9)),
              "1 KiB at 1024, 2 KiB at 2048, 4 KiB at 4096, 8 KiB at 8192, 16 KiB at 16384, 32 KiB at 32768, "
              "64 KiB "
              "at 65536");
    EXPECT_EQ(words_of(size_tics(1000, 70000, 4)),
              "1 KiB at 1024, 4 KiB at 4096, 16 KiB at 16384, 64 KiB at 65536");
    for (double wide = 2; wide < 1e15; wide *= 7) {
        EXPECT_LE(size_tics(3, 3 * wide, 6).size(), 6U);
        EXPECT_LE(decimal_tics(3, 3 * wide, 6, "").size(), 6U);
    }
}

TEST(Quoted, StandsForItselfOnly) {
    EXPECT_EQ(gnuplot_string("a 4 x 1, 2.5"), "\"a 4 x 1, 2.5\"");
    EXPECT_EQ(gnuplot_string("'\"`\\@$%\x7f\n"), R"("\047\042\140\134\100\044\045  ")");
    EXPECT_EQ(gnuplot_tic("5 %"), R"("5 \045\045")");
    EXPECT_EQ(gnuplot_string("\xff \xc3\xbc \xc3"), "\"\\077 \xc3\xbc \\077\"");
    for (const std::string_view bad :
         {"\xe0\x80\x80", "\xed\xa0\x80", "\xef\xbf\xbf"}) {  // XML has none of them
        EXPECT_EQ(gnuplot_string(bad), R"("\077\077\077")");
    }
    EXPECT_EQ(gnuplot_string("\xf4\x90\x80\x80"), R"("\077\077\077\077")");
    EXPECT_EQ(gnuplot_string("\xf0\x9f\x9a\x80"), "\"\xf0\x9f\x9a\x80\"");
    EXPECT_EQ(shortened("abcdefgh", 8), "abcdefgh");
    EXPECT_EQ(shortened("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 5), "\xc3\xbc\xc3\xbc...");
    EXPECT_EQ(width_of("\xc3\xbc!"), 2U);
}

}  // namespace
