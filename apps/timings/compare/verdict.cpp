#include "apps/timings/compare/verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "apps/timings/compare/environments.hpp"
#include "apps/timings/headlines.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t columns_of_page = 120, widest_name = 50, most_named = 5;

// From the gravest on, which is their order on the page.
constexpr std::array by_severity = {Finding::failed,       Finding::slower,        Finding::missing,
                                    Finding::inconclusive, Finding::expected,      Finding::faster,
                                    Finding::not_compared, Finding::within_margin, Finding::equivalent};

std::string_view words_of(Finding finding) {
    constexpr std::array<std::pair<Finding, std::string_view>, 9> words = {
        {{Finding::failed, "WRONG"},
         {Finding::slower, "SLOWER"},
         {Finding::missing, "MISSING"},
         {Finding::inconclusive, "inconclusive"},
         {Finding::expected, "expected"},
         {Finding::faster, "faster"},
         {Finding::not_compared, "not compared"},
         {Finding::within_margin, "within margin"},
         {Finding::equivalent, "as before"}}};
    return std::find_if(words.begin(), words.end(), [&](auto& one) { return one.first == finding; })->second;
}

bool is_as_before(const Difference& one) {
    return one.finding == Finding::within_margin || one.finding == Finding::equivalent;
}

// What a case is to a headline: "memory read, all cores", and what its seconds are in that unit.
struct Meaning {
    std::string label, unit;
    double amount = 0;  // of a rate: its value times the seconds; of seconds: its value by the seconds

    std::string words(double seconds) const {
        return unit == "s" ? format_seconds(amount * seconds) : format_rate(amount / seconds, unit);
    }
};

std::vector<std::pair<CaseKey, Meaning>> meanings_of(const std::vector<Launch>& launches) {
    std::vector<std::pair<CaseKey, Meaning>> found;
    for (const auto& launch : launches) {
        for (const auto& [index, key, label, unit, value] : launch.headlines) {
            if (index < 0) continue;
            const auto& record = launch.records.at(static_cast<std::size_t>(index));
            if (record.repeats() == 0) continue;
            const double seconds = median(record.repeat_seconds());
            found.push_back({key_of(record), {label, unit, unit == "s" ? value / seconds : value * seconds}});
        }
    }
    return found;
}

std::string cut_to(std::string text, std::size_t width) {
    if (width_of(text) <= width) return text;
    std::size_t end = 0, seen = 0;
    for (std::size_t i = 0; i < text.size() && seen < width; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
        end = i;
        ++seen;
    }
    text.resize(end);
    return text + "…";
}

// "28.8 -> 14.1 GB/s"
std::string change(const std::string& before, const std::string& now) {
    const auto unit = before.rfind(' '), other = now.rfind(' ');
    const bool alike = unit != before.npos && other != now.npos && before.substr(unit) == now.substr(other);
    return fmt::format("{} -> {}", alike ? before.substr(0, unit) : before, now);
}

class Page {
  public:
    Page(const std::vector<Launch>& base, const std::vector<Launch>& candidate, const Comparison& made)
        : base_(base), candidate_(candidate), made_(made), rows_(made.cases) {
        const auto rank = [](const Difference& one) {
            const auto place = std::find(by_severity.begin(), by_severity.end(), one.finding);
            return std::pair(place - by_severity.begin(), -one.ratio);
        };
        std::stable_sort(rows_.begin(), rows_.end(),
                         [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
        for (const auto& name : short_names_of(keys_of(rows_))) names_.push_back(cut_to(name, widest_name));
    }

    std::string first_lines() const {
        return fmt::format("{}\n{}\n{}\n{}\n", verdict(), disturbed(), worst(), next());
    }

    Table headlines() const {
        struct Both {
            Figure before, now;
        };
        std::vector<Both> rows;
        const auto before = figures_of(base_);
        for (const auto& now : figures_of(candidate_)) {
            for (const auto& one : before) {
                if (one.key == now.key) rows.push_back({one, now});
            }
        }
        using namespace unit;
        const auto value = [](const Figure& f) {
            return Cell(f.value, f.unit == "s" ? format_seconds(f.value) : format_rate(f.value, f.unit));
        };
        const auto speed = [](const Both& b) {
            return b.now.unit == "s" ? b.before.value / b.now.value : b.now.value / b.before.value;
        };
        const std::vector<ColumnOf<Both>> columns = {
            {"key", "", text, [](const Both& b) { return b.now.key; }},
            {"label", "of", text, [](const Both& b) { return b.now.label; }},
            {"unit", "", text, [](const Both& b) { return b.now.unit; }},
            {"baseline", "baseline", figure, [&](const Both& b) { return value(b.before); }},
            {"now", "now", figure, [&](const Both& b) { return value(b.now); }},
            {"speed", "ratio", times, speed, face::all, "how fast it is now, of what it was"},
        };
        return pacer::table_of(columns, rows);
    }

    Table cases(bool all) const {
        struct Row {
            const Difference* one;
            std::string name;
        };
        std::vector<Row> rows;
        std::size_t widest = 4;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (!all && is_as_before(rows_[i])) continue;
            rows.push_back({&rows_[i], names_[i]});
            widest = std::max(widest, width_of(names_[i]));
        }
        constexpr std::size_t figures = 36;  // the widths of the columns between, and the gaps
        const auto room = columns_of_page - widest - figures;
        const auto full = name_keys();
        using namespace unit;
        const auto verdict = [&](const Row& r) {
            auto cell = verdict_cell(*r.one, words_of, "launches a side");
            cell.text = cut_to(cell.text, room);
            return cell;
        };
        const std::vector<ColumnOf<Row>> columns = {
            {"case", "", text, [&](const Row& r) { return name_of(r.one->key, full); }},
            {"", "case", text, [](const Row& r) { return r.name; }},
            {"base_seconds", "baseline", seconds, [](const Row& r) { return r.one->reference.seconds; }},
            {"new_seconds", "now", seconds, [](const Row& r) { return r.one->subject.seconds; }},
            {"speed", "ratio", times, [](const Row& r) { return r.one->judged() ? 1 / r.one->ratio : 0; },
             face::all, "how fast it is now, of what it was"},
            {"verdict", "verdict", text, verdict},
            {"note", "", text, [](const Row& r) { return r.one->note; }},
        };
        return pacer::table_of(columns, rows);
    }

    std::size_t as_before() const {
        return static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), is_as_before));
    }

  private:
    std::vector<CaseKey> name_keys() const { return keys_of(rows_); }

    std::size_t count(Finding finding) const {
        return static_cast<std::size_t>(std::count_if(
            rows_.begin(), rows_.end(), [&](const Difference& one) { return one.finding == finding; }));
    }

    std::string verdict() const {
        const auto of_all = [&](Finding finding) {
            return fmt::format("{} of {}", count(finding), counted(rows_.size(), "case"));
        };
        if (made_.status == ExitStatus::wrong) {
            if (count(Finding::failed) > 0)
                return fmt::format("WRONG ANSWERS, or none that was checked, in {}", of_all(Finding::failed));
            return fmt::format("SLOWER: {} got slower", of_all(Finding::slower));
        }
        if (made_.status == ExitStatus::other_tests) {
            if (!made_.other_tests.empty())
                return fmt::format("NOT THE SAME TESTS: {}", fmt::join(made_.other_tests, "; "));
            return fmt::format("NOT THE SAME TESTS: {} missing", of_all(Finding::missing));
        }
        if (made_.status == ExitStatus::inconclusive) {
            if (count(Finding::inconclusive) == 0)
                return fmt::format("INCOMPLETE: nothing got slower, but {} could not run",
                                   counted(made_.untested.size(), "case"));
            return fmt::format("INCONCLUSIVE: {} cannot be told", of_all(Finding::inconclusive));
        }
        return fmt::format("AS FAST AS BEFORE: none of {} got slower", counted(rows_.size(), "case"));
    }

    std::string disturbed() const {
        if (made_.disturbed.empty())
            return "undisturbed: others took no more than 5 % of the cores in any launch";
        return fmt::format("DISTURBED: {}", made_.disturbed.front());
    }

    std::string worst() const {
        const auto bad = named([](const Difference& one) { return is_bad(one.finding); });
        const auto hosts = hosts_of(candidate_);
        const auto where = hosts.empty() ? "" : " on " + hosts;
        if (!bad.empty()) return fmt::format("worst{}: {}", where, fmt::join(bad, "; "));
        // What would be grave if it were certain is not to be read as all well.
        constexpr double slower = 1.05;
        const auto doubtful = named([](const Difference& one) {
            return one.finding == Finding::inconclusive && one.judged() && one.ratio > slower;
        });
        if (!doubtful.empty())
            return fmt::format("worst{}, if it is so: {}", where, fmt::join(doubtful, "; "));
        return "worst: nothing got slower, wrong or lost";
    }

    // The first ones of them, with what became of them.
    std::vector<std::string> named(bool (*of_those)(const Difference&)) const {
        auto meanings = meanings_of(base_);
        for (auto& one : meanings_of(candidate_)) meanings.push_back(std::move(one));
        std::vector<std::string> words;
        std::set<std::string> labels;  // two variants may mean the same
        for (std::size_t i = 0; i < rows_.size() && words.size() < most_named; ++i) {
            const auto& row = rows_[i];
            if (!of_those(row)) continue;
            const auto meaning = std::find_if(meanings.begin(), meanings.end(),
                                              [&](const auto& one) { return one.first == row.key; });
            const bool is_known = meaning != meanings.end() && labels.insert(meaning->second.label).second;
            const auto value = [&](double seconds) {
                return is_known ? meaning->second.words(seconds) : format_seconds(seconds);
            };
            auto text = is_known ? meaning->second.label : names_[i];
            if (row.judged() && row.finding != Finding::failed && row.finding != Finding::missing) {
                text +=
                    fmt::format(": {} ({})", change(value(row.reference.seconds), value(row.subject.seconds)),
                                format_times(1 / row.ratio));
            } else {
                text += fmt::format(": {}", words_of(row.finding));
            }
            words.push_back(text);
        }
        return words;
    }

    std::string next() const {
        const auto hosts = hosts_of(candidate_), before = hosts_of(base_);
        const auto where = hosts.empty() ? std::string("the node") : hosts;
        if (made_.status == ExitStatus::wrong && count(Finding::failed) > 0)
            return fmt::format("next: keep {} from users: processor, memory or library compute wrongly",
                               where);
        if (made_.status == ExitStatus::wrong)
            return fmt::format("next: keep {} from users, look at what differs below, fix it, run again",
                               where);
        if (made_.status == ExitStatus::other_tests && made_.other_tests.empty())
            return "next: run what the baseline ran: the same apps, options and ranks";
        if (made_.status == ExitStatus::other_tests)
            return "next: fix what is other than it was, or make a baseline of it: jobs/acceptance.slurm "
                   "none";
        if (made_.status == ExitStatus::inconclusive) return fmt::format("next: {}", what_decides(before));
        return fmt::format("next: give {} back to the users", where);
    }

    std::string what_decides(const std::string& before) const {
        const auto is_open = [](const Difference& one) { return one.finding == Finding::inconclusive; };
        const auto open = count(Finding::inconclusive);
        if (open == 0) return "let the cases run that are listed as untested, or expect them (--expect)";
        const auto by_hosts = std::count_if(rows_.begin(), rows_.end(), [&](const Difference& one) {
            return is_open(one) && one.judged() && one.basis == Basis::hosts;
        });
        if (by_hosts > 0) return fmt::format("run where the baseline was made: sbatch --nodelist={}", before);
        if (!made_.disturbed.empty()) return "run again while nothing else runs there";
        int needed = 0;
        for (const auto& row : rows_) {
            if (is_open(row)) needed = std::max(needed, row.launches_needed);
        }
        constexpr int affordable = 60;
        if (needed > 0 && needed <= affordable)
            return fmt::format("run again, with {} launches a side", needed);
        return "find out why launches differ so much (placement, clock, other work), then make a new "
               "baseline";
    }

    const std::vector<Launch>&base_, &candidate_;
    const Comparison& made_;
    std::vector<Difference> rows_;
    std::vector<std::string> names_;
};

}  // namespace

Document verdict_of(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                    const Comparison& comparison, bool all) {
    const Page page(base, candidate, comparison);
    Document document("timings verdict", columns_of_page);
    document.sentence("verdict", page.first_lines());
    const auto headlines = page.headlines();
    if (!headlines.empty()) document.title("what this machine can do");
    document.table("headlines", headlines);
    const auto cases = page.cases(all);
    if (!cases.empty()) document.title("case by case, the worst first");
    document.table("cases", cases);
    if (!all && page.as_before() > 0)
        document.notes(fmt::format("as before, within the margin: {} of {} (--all shows them)",
                                   page.as_before(), comparison.cases.size()));
    document.list("other_tests", "not the same tests", comparison.other_tests);
    document.list("disturbed", "disturbed", comparison.disturbed);
    document.list("environment", "differs", comparison.environment);
    document.list("untested", "untested", comparison.untested);
    document.list("expected", "expected", comparison.expected);
    document.list("outliers", "outlier", comparison.outliers);
    document.list("compared", "compared", comparison.compared);
    document.value("status", static_cast<int>(comparison.status));
    return document;
}

}  // namespace pacer::timings
