// The forms of a launch that programs read.
#include <fmt/format.h>

#include "common/measure/doubts.hpp"
#include "common/measure/stopping.hpp"
#include "common/report/report.hpp"

namespace pacer {

namespace {

Json object(const Place& place) {
    return {{"rank", place.rank},       {"host", place.host},
            {"pid", place.pid},         {"cpus_allowed", place.cpus_allowed},
            {"threads", place.threads}, {"thread_cpus", place.thread_cpus}};
}

Json object(const Doubt& doubt) {
    return {{"kind", doubt.kind},
            {"record", doubt.record < 0 ? Json() : Json(doubt.record)},
            {"subject", doubt.subject},
            {"value", doubt.value}};
}

Json object(const MeasuredRate& one) {
    return {{"probe", one.probe}, {"ranks", one.ranks}, {"threads", one.threads},
            {"bytes", one.bytes}, {"rate", one.rate},   {"unit", one.unit}};
}

Json object(const WatchRow& row) {
    return {{"host", row.host},   {"at_seconds", row.at_seconds}, {"others_cpu", row.others_cpu},
            {"steal", row.steal}, {"frequency", row.frequency},   {"load", row.load}};
}

Json object(const RankSummary& summary) {
    return {{"min", summary.min}, {"q1", summary.q1},   {"median", summary.median},
            {"q3", summary.q3},   {"max", summary.max}, {"slowest_rank", summary.slowest_rank}};
}

Json object(const RegionTime& one) {
    return {{"rank", one.rank < 0 ? Json() : Json(one.rank)},
            {"region", one.region},
            {"parent", one.parent},
            {"hits", one.hits},
            {"seconds", one.seconds}};
}

template <class Row>
Json objects(const std::vector<Row>& rows) {
    Json list = Json::list();
    for (const auto& row : rows) list.push_back(object(row));
    return list;
}

Json object(const Record& record, Json summary) {
    Json shares = Json::list(), seconds = Json::list(), observed = Json::object();
    for (const auto& share : record.shares) {
        shares.push_back(Json{{"rank", share.rank},
                              {"threads", share.threads},
                              {"work_items", share.items},
                              {"partial_result", share.partial}});
    }
    for (const auto& [name, values] : record.observed) observed.add(name, values);
    const auto width = static_cast<std::ptrdiff_t>(record.ranks);
    for (std::size_t repeat = 0; record.of_ranks.empty() && repeat < record.repeats(); ++repeat) {
        const auto first = record.seconds.begin() + static_cast<std::ptrdiff_t>(repeat) * width;
        seconds.push_back(std::vector<double>(first, first + width));
    }
    const auto at_least = [](double value) { return value > 0 ? Json(value) : Json(); };
    return {{"app", record.app},
            {"variant", record.variant},
            {"uses", name_of(record.uses)},
            {"promise", name_of(record.promise)},
            {"ranks", record.ranks},
            {"threads", record.threads},
            {"parameters", json_of(record.parameters)},
            {"work_items", record.work.items},
            {"work_bytes", record.work.bytes},
            {"work_operations", record.work.operations},
            {"work_operation", name_of(record.work.operation)},
            {"limit_seconds", at_least(record.limit.seconds)},
            {"limit_derived", record.limit.derived},
            {"limit", record.limit.rate < 0 ? Json() : Json(record.limit.rate)},
            {"not_run", record.not_run.empty() ? Json() : Json(record.not_run)},
            {"first_seconds", at_least(record.first_seconds)},
            {"loaded_seconds", at_least(record.loaded_seconds)},
            {"converged", known_well(record)},
            {"batch", record.batch},
            {"checked", record.verdict.checked},
            {"failed", record.verdict.failed},
            {"got", record.verdict.got},
            {"want", record.verdict.want},
            {"tolerance", record.verdict.tolerance},
            {"baseline", record.baseline},
            {"summary", std::move(summary)},
            {"shares", shares},
            {"observed", observed},
            {"round", record.round},
            {"seconds", seconds},
            {"rank_summary", objects(record.of_ranks)},
            {"profile", objects(record.profile)}};
}

std::vector<CaseRow> rows_of(const Launch& launch) {
    std::vector<CaseRow> rows;
    for (const auto& record : launch.records) rows.push_back(row_of(record, launch));
    return rows;
}

std::string json(const std::vector<Launch>& launches) {
    Json all = Json::list();
    for (const auto& launch : launches) {
        Json placement = Json::list(), doubts = Json::list(), records = Json::list();
        for (const auto& doubt : all_doubts(launch)) doubts.push_back(object(doubt));
        const auto summaries = cases_table(rows_of(launch));
        for (const auto& place : launch.placement) placement.push_back(object(place));
        for (std::size_t i = 0; i < launch.records.size(); ++i) {
            const auto& record = launch.records[i];
            records.push_back(object(record, record.repeats() > 0 ? summaries.json(i) : Json()));
        }
        all.push_back(Json{{"id", launch.id},
                           {"circumstances", json_of(launch.environment)},
                           {"placement", placement},
                           {"limits", objects(launch.rates)},
                           {"watch", objects(launch.watch)},
                           {"warnings", doubt_sentences(launch)},
                           {"doubts", doubts},
                           {"records", records}});
    }
    return Json{{"launches", all}}.text(2) + "\n";
}

}  // namespace

Json json_of(const Facts& facts) {
    Json result = Json::object();
    for (const auto& [name, value] : facts) {
        std::visit([&, key = name](const auto& held) { result.add(key, held); }, value);
    }
    return result;
}

std::string report(const std::vector<Launch>& launches, Format format, const Shown& shown) {
    if (format == Format::json) return json(launches);
    if (format == Format::csv) {
        std::vector<CaseRow> rows;
        for (const auto& launch : launches) {
            for (const auto& record : launch.records) rows.push_back(row_of(record, launch));
        }
        return cases_table(rows).csv();
    }
    Document document("Pacer");
    for (const auto& launch : launches) describe(launch, shown, document);
    return document.as(format);
}

std::string samples_csv(const std::vector<Launch>& launches) {
    std::string text = "launch,app,variant,ranks,threads,parameters,repeat,round,rank,seconds\n";
    for (const auto& launch : launches) {
        for (const auto& record : launch.records) {
            const auto prefix = fmt::format("{},{},{},{},{},{}", csv_field(launch.id), csv_field(record.app),
                                            csv_field(record.variant), record.ranks, record.threads,
                                            csv_field(words_of(record.parameters, " ", "=")));
            const auto width = static_cast<std::size_t>(record.ranks);
            for (std::size_t i = 0; i < record.seconds.size(); ++i) {
                text += fmt::format("{},{},{},{},{}\n", prefix, i / width, record.round[i / width], i % width,
                                    record.seconds[i]);
            }
            for (std::size_t i = 0; i < record.of_ranks.size(); ++i)  // the one rank whose seconds are known
                text += fmt::format("{},{},{},{},{}\n", prefix, i, record.round[i],
                                    record.of_ranks[i].slowest_rank, record.of_ranks[i].max);
        }
    }
    return text;
}

}  // namespace pacer
