// What is told of a case: its statistics, and the one list of columns that every table of cases has.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer {

namespace {

bool is_of_the_problem(const Record& other, const Record& record) {
    return same_problem(other, record) && other.repeats() > 0;
}

const Record* baseline_of(const Record& record, const Launch& launch) {
    const auto found = std::find_if(launch.records.begin(), launch.records.end(), [&](const Record& other) {
        return is_of_the_problem(other, record) && other.variant == record.baseline;
    });
    return found == launch.records.end() ? nullptr : &*found;
}

Cell answer_of(const Record& record) {
    const auto& verdict = record.verdict;
    if (verdict.right()) return "verified";
    if (record.promise == Promise::racy && verdict.checked > 0) return "wrong, as promised";
    auto words = verdict.checked == 0 ? std::string("NOT CHECKED")
                                      : fmt::format("WRONG {} of {}", verdict.failed, verdict.checked);
    return Cell(std::move(words)).marked("bad");
}

double cores_of(const Record& record) {
    return static_cast<double>(record.ranks) * record.threads;
}

const Series* errors_of(const Record& record) {
    const auto found = std::find_if(record.observed.begin(), record.observed.end(),
                                    [](const Series& series) { return series.name == error_ulp; });
    return found == record.observed.end() || found->values.empty() ? nullptr : &*found;
}

// The largest error of all repeats.
Cell error_cell(const CaseRow& row) {
    const auto* errors = errors_of(*row.record);
    if (!errors) return {};
    const double largest = quantile(errors->values, 1);
    return {largest, largest == 0 ? "exact bits" : fmt::format("{:.4g} ulp", largest)};
}

Cell median_cell(const CaseRow& row) {
    Cell cell(row.summary.median_seconds);
    if (row.summary.repeats > 0) return cell;
    cell.text = "not run: " + row.record->not_run;
    cell.ends_row = true;
    return cell;
}

Cell interval_cell(const CaseRow& row) {
    const auto& s = row.summary;
    return s.has_interval ? seconds_interval(s.low_seconds, s.high_seconds) : Cell();
}

Cell interval_end(const CaseRow& row, double seconds) {
    return row.summary.has_interval ? Cell(seconds) : Cell();
}

Cell rate_cell(const CaseRow& row) {
    const auto& s = row.summary;
    return s.rate > 0 ? Cell(s.rate, format_rate(s.rate, s.rate_unit)) : Cell();
}

Cell fact_of(const CaseRow& row, std::string_view name) {
    for (const auto& [known, value] : row.launch->environment) {
        if (known == name) return to_string(value);
    }
    return {};
}

using C = CaseRow;
const std::vector<ColumnOf<C>>& columns() {
    using namespace unit;
    constexpr auto not_json = face::all & ~face::json;
    const auto parameters = [](const C& c) { return words_of(c.record->parameters, " ", "="); };
    const auto shape = [](const C& c) { return shape_cell(c.record->ranks, c.record->threads); };
    const auto low = [](const C& c) { return interval_end(c, c.summary.low_seconds); };
    const auto high = [](const C& c) { return interval_end(c, c.summary.high_seconds); };
    const auto repeats = [](const C& c) { return c.summary.repeats; };
    const auto part = [](const C& c) { return c.summary.fraction_of_limit; };
    static const std::vector<ColumnOf<C>> all = {
        {"launch", "", text, [](const C& c) { return c.launch->id; }, face::csv},
        {"date", "", text, [](const C& c) { return fact_of(c, "start_time"); }, face::csv},
        {"host", "", text, [](const C& c) { return fact_of(c, "hosts"); }, face::csv},
        {"job", "", text, [](const C& c) { return fact_of(c, "job_id"); }, face::csv},
        {"commit", "", text, [](const C& c) { return fact_of(c, "commit"); }, face::csv},
        {"app", "", text, [](const C& c) { return c.record->app; }, face::csv},
        {"variant", "variant", text, [](const C& c) { return c.record->variant; }, not_json},
        {"ranks", "", figure, [](const C& c) { return c.record->ranks; }, face::csv},
        {"threads", "", figure, [](const C& c) { return c.record->threads; }, face::csv},
        {"parameters", "", text, parameters, face::csv},
        {"", "r x t", figure, shape, face::people, "ranks x threads: processes, and threads of each"},
        {"repeats", "", figure, repeats, face::csv},
        {"median_seconds", "median", seconds, median_cell, face::all,
         "of several launches: of their medians"},
        {"interval_low_seconds", "", seconds, low},
        {"interval_high_seconds", "", seconds, high},
        {"", "95 % interval", text, interval_cell, face::people,
         "of the median; takes 6 repeats or launches"},
        {"", "repeats", figure, repeats, face::text},
        {"", "launches", figure, &C::launches, face::page},
        {"", "repeats", figure, repeats, face::page, "of all launches together"},
        {"minimum_seconds", "", seconds, [](const C& c) { return c.summary.minimum_seconds; }},
        {"p95_seconds", "", seconds, [](const C& c) { return c.summary.p95_seconds; }},
        {"maximum_seconds", "", seconds, [](const C& c) { return c.summary.maximum_seconds; }},
        {"speedup", "speedup", times, [](const C& c) { return c.summary.speedup; }},
        {"efficiency", "efficiency %", hundredths, [](const C& c) { return c.summary.efficiency; }},
        {"efficiency_loaded", "", hundredths, [](const C& c) { return c.summary.efficiency_loaded; },
         face::csv},
        {"fraction_of_limit", "% of limit", bar, part, face::all, "how near to what this machine can do"},
        {"rate", "rate", figure, rate_cell},
        {"rate_unit", "", text, [](const C& c) { return c.summary.rate_unit; }},
        {"first_seconds", "", seconds, [](const C& c) { return c.record->first_seconds; }, face::csv},
        {"checked", "", figure, [](const C& c) { return c.record->verdict.checked; }, face::csv},
        {"failed", "", figure, [](const C& c) { return c.record->verdict.failed; }, face::csv},
        {"not_run", "", text, [](const C& c) { return c.record->not_run; }, face::csv},
        {"", "error", figure, error_cell, face::people, "the largest of all repeats"},
        {"", "answer", text, &C::answer, face::people, "of all repeats"},
    };
    return all;
}

}  // namespace

namespace {

// What one core took while the others computed; 0 if that is unknown, or the record is that of one core.
double loaded_core_seconds(const Record& record, const Launch& launch) {
    const auto found = std::find_if(launch.records.begin(), launch.records.end(), [&](const auto& other) {
        return other.loaded_seconds > 0 && is_of_the_problem(other, record) && other.verdict.right();
    });
    return cores_of(record) > 1 && found != launch.records.end() ? found->loaded_seconds : 0;
}

}  // namespace

const Record* fastest_on_one_core(const Record& record, const Launch& launch) {
    const Record* best = nullptr;
    double least = 0;
    for (const auto& other : launch.records) {
        if (!is_of_the_problem(other, record) || cores_of(other) > 1 || !other.verdict.right()) continue;
        const double seconds = median(other.repeat_seconds());
        if (best == nullptr || seconds < least) {
            best = &other;
            least = seconds;
        }
    }
    return best;
}

Summary summarise(const Record& record, const Launch& launch) {
    Summary s;
    s.repeats = record.repeats();
    if (s.repeats == 0) return s;
    const auto seconds = record.repeat_seconds();
    s.median_seconds = median(seconds);
    s.minimum_seconds = quantile(seconds, 0);
    s.p95_seconds = quantile(seconds, 0.95);
    s.maximum_seconds = quantile(seconds, 1);
    if (const auto interval = median_interval(seconds)) {
        s.has_interval = true;
        s.low_seconds = interval->low;
        s.high_seconds = interval->high;
    }
    if (const auto* base = baseline_of(record, launch))
        s.speedup = median(base->repeat_seconds()) / s.median_seconds;
    if (const auto* best = fastest_on_one_core(record, launch); best != nullptr && cores_of(record) > 1)
        s.efficiency = median(best->repeat_seconds()) / (cores_of(record) * s.median_seconds);
    s.efficiency_loaded = loaded_core_seconds(record, launch) / (cores_of(record) * s.median_seconds);
    s.fraction_of_limit = record.limit.seconds / s.median_seconds;
    const auto& work = record.work;
    s.rate_unit = work.bytes > 0 ? "B/s" : "items/s";
    s.rate = static_cast<double>(work.bytes > 0 ? work.bytes : work.items) / s.median_seconds;
    return s;
}

CaseRow row_of(const Record& record, const Launch& launch) {
    return {&launch, &record, summarise(record, launch), 1, answer_of(record)};
}

// Errors are a column where there are any.
Table cases_table(const std::vector<CaseRow>& rows) {
    if (std::any_of(rows.begin(), rows.end(), [](const CaseRow& row) { return errors_of(*row.record); }))
        return table_of(columns(), rows);
    auto plain = columns();
    std::erase_if(plain, [](const auto& column) { return column.heading == "error"; });
    return table_of(plain, rows);
}

}  // namespace pacer
