// Launches made by hand for tests of dumps, and a launch as text for comparing all of it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>

#include "common/machine/limits.hpp"
#include "common/measure/record.hpp"
#include "io/dump/image.hpp"

namespace pacer::examples {

inline std::string dump_image(std::span<const Launch> launches) {
    std::string image;
    make_dump(launches, [&](std::string_view bytes) { image = bytes; });
    return image;
}
inline std::string dump_image(const Launch& launch) {
    return dump_image(std::span(&launch, 1));
}

// A case of `ranks` ranks that ran `repeats` times, with every field set and no two alike.
inline Record record(const std::string& variant, int ranks, int repeats) {
    Record made;
    made.app = "reduce";
    made.variant = variant;
    made.uses = ranks > 1 ? Uses::both : Uses::threads;
    made.ranks = ranks;
    made.threads = 2;
    made.parameters = {{"elements", std::int64_t{1} << 62}, {"type", std::string("int64")}, {"app", 0.1}};
    made.work = {0, 8000, 999, Operation::int64_add};
    made.limit = {1.5e-3, "130.5 Gadd/s int64 on 1 core"};
    made.first_seconds = 0.25;
    made.loaded_seconds = 0.375;
    made.stopped_by = ranks > 1 ? StoppedBy::converged : StoppedBy::budget;
    made.batch = 16;
    made.baseline = "simd";
    made.verdict = {repeats, 0, "10633823966279326980924856586993369088",
                    "10633823966279326980924856586993369088", "0"};
    for (int repeat = 0; repeat < repeats; ++repeat) {
        made.round.push_back(repeat + 3);
        made.position.push_back(repeat % 2);
        for (int sample = 0; sample < (ranks > 1 ? 3 : 0); ++sample) {
            made.calls.repeat.push_back(repeat);
            made.calls.calls.push_back(5 + sample);
            for (int rank = 0; rank < ranks; ++rank)
                made.calls.seconds.push_back(1e-6 * (repeat + 1) + 1e-7 * sample + 1e-8 * rank);
        }
        made.observed.resize(2);  // in the order in which a file lists them, by name
        made.observed[0].name = "idle_seconds";
        made.observed[0].values.push_back(0.5 * repeat);
        made.observed[1].name = "lost_updates";
        made.observed[1].values.push_back(-1e300 * repeat);
        for (int rank = 0; rank < ranks; ++rank)
            made.seconds.push_back(1e-3 * (1 + repeat) / 3 + 1e-5 * rank);
    }
    auto rest = *parse_number(made.verdict.got);  // the first rank has what the others leave of it
    for (int rank = ranks - 1; rank >= 0; --rank) {
        const auto partial = rank > 0 ? Number::of_whole(-7 - rank) : rest;
        rest = rest + Number::of_whole(-partial.whole);
        made.shares.insert(made.shares.begin(), {rank, 2, 250 + rank, to_string(partial)});
    }
    for (int rank = 0; rank < (ranks > 1 ? ranks : 0); ++rank) {
        made.profile.push_back({rank, "", "", 10 + rank, 0.5});
        made.profile.push_back({rank, "sum it up (sums.cpp:7)", "", 100, 0.25 + 0.01 * rank});
        made.profile.push_back({rank, "a part (sums.cpp:9)", "sum it up (sums.cpp:7)", 1000, 0.125});
    }
    made.work.items = static_cast<std::int64_t>(sum_of_items(made.shares).whole);
    return made;
}

// As of so many ranks that their seconds are not kept.
inline void summarise(Record& record) {
    const auto ranks = static_cast<std::ptrdiff_t>(record.ranks);
    for (auto row = record.seconds.begin(); row != record.seconds.end(); row += ranks)
        record.of_ranks.push_back(summary_of_ranks({row, row + ranks}));
    record.seconds.clear();
}

inline Record not_run(const std::string& variant) {
    Record made = record(variant, 1, 0);
    made.verdict = {};
    made.shares.clear();
    made.not_run = "it needs 2 ranks";
    return made;
}

// A launch of `ranks` ranks with three cases: one process, all ranks, and one that was not run.
inline Launch launch(const std::string& id, int ranks = 3, int repeats = 4) {
    Launch made;
    made.id = id;
    made.environment = {
        {"program", std::string("reduce")},           {"version", std::string("0.1.0")},
        {"hosts", std::string("h\u00fctte, \u6e96")}, {"cores", std::int64_t{-64}},
        {"clock_resolution_seconds", 1.0 / 3e9},      {"command_line", std::string("mpirun -np 3 ./reduce")},
        {"a_name_out_of_order", std::string()}};
    made.hosts = {{"node-two", {{"cpu_mhz", 2400.5}, {"cpu_model", std::string(250, 'x')}}},
                  {"node1", {{"cores", std::int64_t{64}}}}};
    for (int rank = 0; rank < ranks; ++rank) {
        made.placement.push_back(
            {rank, rank % 2 ? "node1" : "node-two", 4000000000 + rank, "0-3,8", 2, "0-1;2-3"});
    }
    made.doubts = {{"said", -1, "drift: the last third is slower", 0},
                   {"said", 1, "", 0.5},
                   {"\u00e4", -1, "\u00e4", 0}};
    made.rates = {{"int64_add", ranks, 2, 0, 1.305e11, "add/s"},
                  {"steps", 1, 1, 1 << 20, 1.0 / 3, "steps/s"}};
    for (const auto* host : {"node-two", "node1"}) {
        made.watch.push_back({host, 1.25, 0.5, 1.0 / 3, 2.4e9, 0.75});
        made.watch.push_back({host, 2.5, 0, 1});
    }
    made.records = {record("serial", 1, repeats), record("hybrid", ranks, repeats), not_run("offload")};
    made.records[1].limit = {1.5e-3, words_of(made.rates[0], occupation(Uses::both, ranks, 2)), 0};
    made.records[2].limit.rate = 1;
    return made;
}

inline std::string describe(const Facts& facts) {
    std::string text;
    for (const auto& [name, value] : facts)
        text += fmt::format("{}={}:{};", name, value.index(), to_string(value));
    return text;
}

// Every field, so that two launches are equal if their descriptions are.
inline std::string describe(const Launch& made) {
    std::string text = fmt::format("{} [{}]\n", made.id, describe(made.environment));
    for (const auto& [host, facts] : made.hosts) text += fmt::format("host {} [{}]\n", host, describe(facts));
    for (const auto& p : made.placement) {
        text += fmt::format("place {} {} {} '{}' {} '{}'\n", p.rank, p.host, p.pid, p.cpus_allowed, p.threads,
                            p.thread_cpus);
    }
    for (const auto& r : made.rates)
        text += fmt::format("rate {} {} {} {} {} {}\n", r.probe, r.ranks, r.threads, r.bytes, r.rate, r.unit);
    for (const auto& w : made.watch) {
        text += fmt::format("watch '{}' {} {} {} {} {}\n", w.host, w.at_seconds, w.others_cpu, w.steal,
                            w.frequency, w.load);
    }
    for (const auto& d : made.doubts)
        text += fmt::format("doubt '{}' {} '{}' {}\n", d.kind, d.record, d.subject, d.value);
    for (const auto& h : made.headlines)
        text += fmt::format("headline {} '{}' '{}' '{}' {}\n", h.record, h.key, h.label, h.unit, h.value);
    for (const auto& r : made.records) {
        text += fmt::format("case {} '{}' {} {} {} {}x{} [{}]\n", r.app, r.problem, r.variant,
                            name_of(r.uses), name_of(r.promise), r.ranks, r.threads, describe(r.parameters));
        text +=
            fmt::format(" work {} {} {} {} limit {} '{}' {}\n", r.work.items, r.work.bytes, r.work.operations,
                        name_of(r.work.operation), r.limit.seconds, r.limit.derived, r.limit.rate);
        text += fmt::format(
            " first {} loaded {} stopped by '{}' batch {} verdict {} {} '{}' '{}' '{}' not run '{}'\n",
            r.first_seconds, r.loaded_seconds, name_of(r.stopped_by), r.batch, r.verdict.checked,
            r.verdict.failed, r.verdict.got, r.verdict.want, r.verdict.tolerance, r.not_run);
        for (const double seconds : r.seconds) text += fmt::format(" {}", seconds);
        for (const auto& s : r.of_ranks)
            text += fmt::format(" [{} {} {} {} {} {}]", s.min, s.q1, s.median, s.q3, s.max, s.slowest_rank);
        for (const auto& p : r.profile)
            text += fmt::format(" region {} '{}' '{}' {} {}", p.rank, p.region, p.parent, p.hits, p.seconds);
        for (const auto round : r.round) text += fmt::format(" #{}", round);
        for (const auto position : r.position) text += fmt::format(" @{}", position);
        for (std::size_t call = 0; call < r.calls.size(); ++call)
            text += fmt::format(" call {} x {}", r.calls.repeat[call], r.calls.calls[call]);
        for (const double seconds : r.calls.seconds) text += fmt::format(" {}", seconds);
        for (const auto& s : r.shares)
            text += fmt::format(" ({} {} {} '{}')", s.rank, s.threads, s.items, s.partial);
        text += " against " + r.baseline;
        for (const auto& [name, values] : r.observed) {
            text += fmt::format(" {}", name);
            for (const double value : values) text += fmt::format(" {}", value);
        }
        text += '\n';
    }
    return text;
}

}  // namespace pacer::examples
