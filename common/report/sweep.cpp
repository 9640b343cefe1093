#include "common/report/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer {

namespace {

Cell cell_of(const Record& record) {
    if (record.repeats() == 0) return {};
    const double seconds = median(record.repeat_seconds());
    const auto& work = record.work;
    const auto text = work.bytes > 0   ? format_rate(static_cast<double>(work.bytes) / seconds, "B/s")
                      : work.items > 0 ? format_seconds(seconds / static_cast<double>(work.items))
                                       : format_seconds(seconds);
    return record.failed() ? Cell(text + "!").marked("bad") : Cell(text);
}

// Whether each variant has the same ranks and threads at all values of the parameter.
bool occupy_the_same(const std::vector<Record>& records, const std::string& parameter) {
    std::map<std::string, std::map<double, std::set<std::pair<int, int>>>> sizes;  // by variant and value
    for (const auto& record : records) {
        sizes[record.variant][number_in(record.parameters, parameter).value_or(0)].insert(
            {record.ranks, record.threads});
    }
    return std::all_of(sizes.begin(), sizes.end(), [](const auto& variant) {
        const auto& by_value = variant.second;
        return std::all_of(by_value.begin(), by_value.end(),
                           [&](const auto& one) { return one.second == by_value.begin()->second; });
    });
}

// The variant, with its ranks and threads where the launch has it on several.
std::string column_of(const Record& record, const std::vector<Record>& all) {
    const bool alone = std::all_of(all.begin(), all.end(), [&](const Record& other) {
        return other.variant != record.variant ||
               (other.ranks == record.ranks && other.threads == record.threads);
    });
    return alone ? record.variant : fmt::format("{} {}x{}", record.variant, record.ranks, record.threads);
}

std::string notes(const std::vector<Record>& records, const std::string& parameter) {
    std::string text;
    std::int64_t checked = 0;
    for (const auto& record : records) {
        checked += record.verdict.checked;
        const auto where =
            fmt::format("{} at {} {}", record.variant, parameter, fact(record.parameters, parameter));
        if (record.repeats() == 0) {
            text += fmt::format("{}: not run: {}\n", where, record.not_run);
        } else if (record.verdict.failed > 0) {
            text += fmt::format("{}: WRONG {} of {}: got {}, want {}\n", where, record.verdict.failed,
                                record.verdict.checked, record.verdict.got, record.verdict.want);
        } else if (record.verdict.checked == 0) {
            text += fmt::format("{}: NOT CHECKED\n", where);
        }
    }
    const bool right = std::none_of(records.begin(), records.end(), [](auto& r) { return r.failed(); });
    return text + (right && checked > 0 ? fmt::format("verified: all {} answers\n", checked) : "");
}

}  // namespace

std::optional<std::string> long_sweep(const std::vector<Record>& records) {
    constexpr std::size_t many = 8;
    if (records.empty()) return std::nullopt;
    std::set<std::string> names;
    for (const auto& record : records) {
        if (record.app != records.front().app) return std::nullopt;
        for (const auto& [name, value] : particular_parameters(record, records)) names.insert(name);
    }
    if (names.size() != 1) return std::nullopt;
    std::set<double> values;
    for (const auto& record : records) {
        const auto value = number_in(record.parameters, *names.begin());
        if (!value) return std::nullopt;
        values.insert(*value);
    }
    if (values.size() < many || !occupy_the_same(records, *names.begin())) return std::nullopt;
    return *names.begin();
}

void describe_sweep(const Launch& launch, const std::string& parameter, Document& document) {
    const auto& records = launch.records;
    std::vector<Column> columns = {{"", parameter, unit::figure}};
    std::map<double, std::map<std::string, const Record*>> sizes;
    for (const auto& record : records) {
        const auto name = column_of(record, records);
        const auto has_it = [&](const Column& column) { return column.heading == name; };
        if (std::none_of(columns.begin() + 1, columns.end(), has_it))
            columns.push_back({"", name, unit::figure});
        sizes[number_in(record.parameters, parameter).value_or(0)].try_emplace(name, &record);
    }
    Table table(columns);
    for (const auto& [size, by_name] : sizes) {
        std::vector<Cell> cells = {size};
        for (std::size_t i = 1; i < columns.size(); ++i) {
            const auto found = by_name.find(columns[i].heading);
            cells.push_back(found == by_name.end() ? Cell("") : cell_of(*found->second));
        }
        table.add(std::move(cells));
    }
    document.table("", std::move(table));
    document.text(notes(records, parameter));
}

}  // namespace pacer
