// The forms of a launch that programs read.
#include <fmt/format.h>

#include "common/base/json.hpp"
#include "common/measure/doubts.hpp"
#include "common/report/report.hpp"

namespace pacer {

namespace {

Json object(const Facts& facts) {
    Json result = Json::object();
    for (const auto& [name, value] : facts) {
        std::visit([&, key = name](const auto& held) { result.add(key, held); }, value);
    }
    return result;
}

Json object(const Place& place) {
    return {{"rank", place.rank},       {"host", place.host},
            {"pid", place.pid},         {"cpus_allowed", place.cpus_allowed},
            {"threads", place.threads}, {"thread_cpus", place.thread_cpus}};
}

Json object(const Doubt& doubt) {
    return {{"kind", doubt.kind},
            {"record", doubt.record < 0 ? Json(nullptr) : Json(doubt.record)},
            {"subject", doubt.subject},
            {"value", doubt.value}};
}

// An absent figure is null, never 0.
Json known(double value) {
    return value > 0 ? Json(value) : Json(nullptr);
}

Json summary_object(const Summary& s) {
    if (s.repeats == 0) return nullptr;
    return {{"median_seconds", s.median_seconds},
            {"interval_low_seconds", s.has_interval ? Json(s.low_seconds) : Json(nullptr)},
            {"interval_high_seconds", s.has_interval ? Json(s.high_seconds) : Json(nullptr)},
            {"minimum_seconds", s.minimum_seconds},
            {"p95_seconds", s.p95_seconds},
            {"maximum_seconds", s.maximum_seconds},
            {"speedup", known(s.speedup)},
            {"efficiency", known(s.efficiency)},
            {"fraction_of_limit", known(s.fraction_of_limit)},
            {"rate", s.rate},
            {"rate_unit", std::string(s.rate_unit)}};
}

Json object(const Record& record, const Launch& launch) {
    Json shares = Json::list(), seconds = Json::list();
    for (const auto& share : record.shares) {
        shares.push_back(Json{{"rank", share.rank},
                              {"threads", share.threads},
                              {"work_items", share.items},
                              {"partial_result", share.partial}});
    }
    Json observed = Json::object();
    for (const auto& [name, values] : record.observed) observed.add(name, values);
    const auto width = static_cast<std::ptrdiff_t>(record.ranks);
    for (std::size_t repeat = 0; repeat < record.repeats(); ++repeat) {
        const auto first = record.seconds.begin() + static_cast<std::ptrdiff_t>(repeat) * width;
        seconds.push_back(std::vector<double>(first, first + width));
    }
    return {{"app", record.app},
            {"variant", record.variant},
            {"uses", std::string(name_of(record.uses))},
            {"promise", std::string(name_of(record.promise))},
            {"ranks", record.ranks},
            {"threads", record.threads},
            {"parameters", object(record.parameters)},
            {"work_items", record.work.items},
            {"work_bytes", record.work.bytes},
            {"work_operations", record.work.operations},
            {"work_operation", std::string(name_of(record.work.operation))},
            {"limit_seconds", known(record.limit.seconds)},
            {"limit_derived", record.limit.derived},
            {"not_run", record.not_run.empty() ? Json(nullptr) : Json(record.not_run)},
            {"first_seconds", known(record.first_seconds)},
            {"converged", known_well(record)},
            {"batch", record.batch},
            {"checked", record.verdict.checked},
            {"failed", record.verdict.failed},
            {"got", record.verdict.got},
            {"want", record.verdict.want},
            {"tolerance", record.verdict.tolerance},
            {"baseline", record.baseline},
            {"summary", summary_object(summarise(record, launch))},
            {"shares", shares},
            {"observed", observed},
            {"round", record.round},
            {"seconds", seconds}};
}

std::string parameter_text(const Record& record) {
    std::string text;
    for (const auto& [name, value] : record.parameters) {
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, to_string(value));
    }
    return text;
}

std::string case_fields(const Launch& launch, const Record& record) {
    return fmt::format("{},{},{},{},{},{}", csv_field(launch.id), csv_field(record.app),
                       csv_field(record.variant), record.ranks, record.threads,
                       csv_field(parameter_text(record)));
}

constexpr std::string_view case_names = "launch,app,variant,ranks,threads,parameters";

}  // namespace

std::string json(const std::vector<Launch>& launches) {
    Json all = Json::list();
    for (const auto& launch : launches) {
        Json placement = Json::list(), records = Json::list();
        Json doubts = Json::list();
        for (const auto& doubt : all_doubts(launch)) doubts.push_back(object(doubt));
        for (const auto& place : launch.placement) placement.push_back(object(place));
        for (const auto& record : launch.records) records.push_back(object(record, launch));
        all.push_back(Json{{"id", launch.id},
                           {"circumstances", object(launch.circumstances)},
                           {"placement", placement},
                           {"warnings", doubt_sentences(launch)},
                           {"doubts", doubts},
                           {"records", records}});
    }
    return Json{{"launches", all}}.text(2) + "\n";
}

std::string summary_csv(const std::vector<Launch>& launches) {
    std::string text = fmt::format(
        "{},repeats,median_seconds,interval_low_seconds,interval_high_seconds,minimum_seconds,p95_seconds,"
        "maximum_seconds,speedup,efficiency,fraction_of_limit,rate,rate_unit,first_seconds,checked,failed,"
        "not_run\n",
        case_names);
    const auto known_text = [](double value) { return value > 0 ? fmt::format("{}", value) : std::string(); };
    for (const auto& launch : launches) {
        for (const auto& record : launch.records) {
            const auto s = summarise(record, launch);
            text += fmt::format("{},{}", case_fields(launch, record), s.repeats);
            for (const double value :
                 {s.median_seconds, s.low_seconds, s.high_seconds, s.minimum_seconds, s.p95_seconds,
                  s.maximum_seconds, s.speedup, s.efficiency, s.fraction_of_limit, s.rate}) {
                text += ',';
                text += known_text(value);
            }
            text += fmt::format(",{},{},{},{},{}\n", s.rate_unit, known_text(record.first_seconds),
                                record.verdict.checked, record.verdict.failed, csv_field(record.not_run));
        }
    }
    return text;
}

std::string samples_csv(const std::vector<Launch>& launches) {
    std::string text = fmt::format("{},repeat,round,rank,seconds\n", case_names);
    for (const auto& launch : launches) {
        for (const auto& record : launch.records) {
            const auto prefix = case_fields(launch, record);
            for (std::size_t i = 0; i < record.seconds.size(); ++i) {
                const auto width = static_cast<std::size_t>(record.ranks);
                text += fmt::format("{},{},{},{},{}\n", prefix, i / width, record.round[i / width], i % width,
                                    record.seconds[i]);
            }
        }
    }
    return text;
}

}  // namespace pacer
