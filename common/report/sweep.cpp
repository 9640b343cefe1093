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

const Value* value_of(const Record& record, const std::string& parameter) {
    for (const auto& [name, value] : record.parameters) {
        if (name == parameter) return &value;
    }
    return nullptr;
}

// As a number; 0 if it is none.
double number_of(const Value* value) {
    if (value == nullptr) return 0;
    if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
    const auto* real = std::get_if<double>(value);
    return real == nullptr ? 0 : *real;
}

std::string cell(const Record& record) {
    if (record.repeats() == 0) return "-";
    const double seconds = median(record.repeat_seconds());
    const auto& work = record.work;
    const auto text = work.bytes > 0   ? format_rate(static_cast<double>(work.bytes) / seconds, "B/s")
                      : work.items > 0 ? format_seconds(seconds / static_cast<double>(work.items))
                                       : format_seconds(seconds);
    return record.failed() ? text + "!" : text;
}

// Whether each variant has the same ranks and threads at all values of the parameter.
bool occupy_the_same(const std::vector<Record>& records, const std::string& parameter) {
    std::map<std::string, std::map<double, std::set<std::pair<int, int>>>> sizes;  // by variant and value
    for (const auto& record : records) {
        sizes[record.variant][number_of(value_of(record, parameter))].insert({record.ranks, record.threads});
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
        const auto* value = value_of(record, *names.begin());
        if (value == nullptr || std::holds_alternative<std::string>(*value)) return std::nullopt;
        values.insert(number_of(value));
    }
    if (values.size() < many || !occupy_the_same(records, *names.begin())) return std::nullopt;
    return *names.begin();
}

std::string sweep_table(const Launch& launch, const std::string& parameter) {
    const auto& records = launch.records;
    std::vector<std::string> columns;
    std::set<double> values;
    for (const auto& record : records) {
        const auto column = column_of(record, records);
        if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
        values.insert(number_of(value_of(record, parameter)));
    }
    const auto left = std::max<std::size_t>(parameter.size(), 12);
    std::string text = fmt::format("\n{:>{}}", parameter, left);
    for (const auto& column : columns)
        text += fmt::format("  {:>{}}", column, std::max<std::size_t>(column.size(), 13));
    for (const double value : values) {
        text += fmt::format("\n{:>{}}", value, left);
        for (const auto& column : columns) {
            const auto found = std::find_if(records.begin(), records.end(), [&](const Record& record) {
                return number_of(value_of(record, parameter)) == value &&
                       column_of(record, records) == column;
            });
            text += fmt::format("  {:>{}}", found == records.end() ? "" : cell(*found),
                                std::max<std::size_t>(column.size(), 13));
        }
    }
    return text + "\n\n" + notes(records, parameter);
}

}  // namespace pacer
