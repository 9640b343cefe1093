#include "io/dump/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include "common/machine/limits.hpp"

namespace pacer::dump {

namespace {

constexpr std::size_t longest_piece = 200;  // bytes of a text: every row of a column is as wide as its widest

// The bytes of the next piece, which ends between two characters.
std::size_t piece_of(std::string_view text) {
    if (text.size() <= longest_piece) return text.size();
    auto end = longest_piece;
    const auto inside_character = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
    };
    while (end > longest_piece - 4 && inside_character(end)) --end;
    return end;
}

// A row a fact, or several for a long text; `start` is what they have in common.
template <class Row>
void add(std::vector<Row>& rows, const Facts& facts, const Row& start) {
    for (const auto& [name, value] : facts) {
        auto& row = rows.emplace_back(start);
        row.name = name;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            row.kind.push_back('i');
            row.whole = *whole;
        } else if (const auto* number = std::get_if<double>(&value)) {
            row.kind.push_back('f');
            row.number = *number;
        } else {
            std::string_view rest = std::get<std::string>(value);
            auto* last = &row;
            for (;;) {
                const auto bytes = piece_of(rest);
                last->text = rest.substr(0, bytes);
                rest.remove_prefix(bytes);
                last->kind.push_back('s');
                if (rest.empty()) break;
                last->kind.push_back('+');
                last = &rows.emplace_back(start);
                last->name = name;
            }
        }
    }
}

std::int64_t whole_fact(const Launch& launch, std::string_view name, std::int64_t otherwise) {
    for (const auto& [known, value] : launch.environment) {
        if (known != name) continue;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    }
    return otherwise;
}

double real_fact(const Launch& launch, std::string_view name) {
    for (const auto& [known, value] : launch.environment) {
        if (known != name) continue;
        if (const auto* real = std::get_if<double>(&value)) return *real;
    }
    return unknown;
}

// Where it ran as part of a job: launches of one allocation share their nodes.
std::string allocation_of(const Launch& launch) {
    const auto job = fact(launch.environment, "job_id");
    return job.empty() ? job : fmt::format("{} {}", job, fact(launch.environment, "hosts"));
}

LaunchRow row_of(const Launch& launch) {
    const auto text = [&](std::string_view name) { return fact(launch.environment, name); };
    std::set<std::string_view> nodes;
    for (const auto& place : launch.placement) nodes.insert(place.host);
    LaunchRow row;
    row.id = launch.id;
    row.app = text("program");
    row.version = text("version");
    row.program_hash = text("program_hash");
    row.options_hash = text("options_hash");
    row.start_utc = text("start_time");
    row.seconds = real_fact(launch, "launch_seconds");
    row.budget_seconds = real_fact(launch, "max_seconds");
    row.ranks = whole_fact(launch, "ranks", -1);
    row.nodes = nodes.empty() ? -1 : static_cast<std::int64_t>(nodes.size());
    row.seed = whole_fact(launch, "seed", -1);
    row.status = whole_fact(launch, "status", -1);
    row.kind = fact(launch.environment, "kind", "measured");
    row.source = text("source");
    row.quick = whole_fact(launch, "quick", 0);
    row.allocation = allocation_of(launch);
    row.series = text("series");
    row.block = text("block");
    row.side = text("side");
    return row;
}

std::string verdict_of(const Record& record) {
    if (record.verdict.checked == 0) return "unchecked";
    return record.verdict.failed > 0 ? "wrong" : "right";
}

class Packer {
  public:
    void add_launch(const Launch& launch) {
        const auto key = std::ssize(tables_.launches);
        tables_.launches.push_back(row_of(launch));
        FactRow fact;
        fact.launch = key;
        add(tables_.facts, launch.environment, fact);
        for (const auto& [host, facts] : launch.hosts) {
            fact.host = host;
            add(tables_.facts, facts, fact);
        }
        for (const auto& p : launch.placement) {
            tables_.placement.push_back(
                {key, p.rank, p.host, p.pid, p.cpus_allowed, p.threads, p.thread_cpus});
        }
        const auto first_problem = tables_.problems.size(), first_case = tables_.cases.size();
        first_limit_ = std::ssize(tables_.limits);
        for (const auto& r : launch.rates)
            tables_.limits.push_back({key, r.probe, r.ranks, r.threads, r.bytes, r.rate, r.unit});
        for (const auto& w : launch.watch)
            tables_.watch.push_back({key, w.host, w.at_seconds, w.others_cpu, w.steal, w.frequency, w.load});
        for (const auto& record : launch.records)
            add_case(record, launch, key, problem_of(record, key, first_problem));
        const auto case_of = [&](int record) {
            return record < 0 ? -1 : static_cast<std::int64_t>(first_case) + record;
        };
        for (const auto& doubt : launch.doubts)
            tables_.doubts.push_back({key, case_of(doubt.record), doubt.kind, doubt.subject, doubt.value});
        for (const auto& h : launch.headlines)
            tables_.headlines.push_back({key, case_of(h.record), h.key, h.label, h.unit, h.value});
    }

    Tables take() { return std::move(tables_); }

  private:
    std::int64_t problem_of(const Record& record, std::int64_t launch, std::size_t first) {
        auto& problems = tables_.problems;
        const auto found = std::find_if(
            problems.begin() + static_cast<std::ptrdiff_t>(first), problems.end(), [&](const ProblemRow& p) {
                return p.name == record.problem && p.baseline_variant == record.baseline;
            });
        const auto key = found - problems.begin();
        if (found == problems.end()) problems.push_back({launch, record.problem, record.baseline});
        return key;
    }

    void add_case(const Record& record, const Launch& launch, std::int64_t launch_key, std::int64_t problem) {
        const auto key = std::ssize(tables_.cases);
        const auto& verdict = record.verdict;
        CaseRow row;
        row.launch = launch_key;
        row.app = record.app;
        row.problem = problem;
        row.variant = record.variant;
        row.uses = name_of(record.uses);
        row.promise = name_of(record.promise);
        row.ranks = record.ranks;
        row.threads = record.threads;
        row.first_repeat = std::ssize(tables_.repeats);
        row.repeats = static_cast<std::int64_t>(record.repeats());
        row.batch = record.batch;
        row.first_seconds = record.first_seconds;
        row.loaded_seconds = record.loaded_seconds;
        row.stopped_by = name_of(record.stopped_by);
        row.not_run = record.not_run;
        row.items = record.work.items;
        row.bytes = record.work.bytes;
        row.operations = record.work.operations;
        row.operation = name_of(record.work.operation);
        // What follows from a row of limits is told by that row.
        const auto rate = static_cast<std::size_t>(record.limit.rate);
        if (record.limit.rate >= 0) row.limit = first_limit_ + record.limit.rate;
        if (record.limit.rate < 0 ||
            record.limit.derived !=
                words_of(launch.rates.at(rate), occupation(record.uses, record.ranks, record.threads)))
            row.limit_derived = record.limit.derived;
        row.limit_seconds = record.limit.seconds;
        row.verdict = verdict_of(record);
        row.checked = verdict.checked;
        row.failed = verdict.failed;
        tables_.cases.push_back(std::move(row));
        if (!verdict.got.empty() || !verdict.want.empty() || !verdict.tolerance.empty())
            tables_.checks.push_back({key, "", verdict.got, verdict.want, verdict.tolerance});
        ParameterRow parameter;
        parameter.of_case = key;
        add(tables_.parameters, record.parameters, parameter);
        add_samples(record, launch, key);
        for (const auto& s : record.shares)
            tables_.shares.push_back({key, s.rank, s.threads, s.items, s.partial});
        for (const auto& p : record.profile)
            tables_.profile.push_back({key, p.rank, p.region, p.parent, p.hits, p.seconds});
    }

    void add_samples(const Record& record, const Launch& launch, std::int64_t key) {
        const auto ranks = static_cast<std::size_t>(std::max(record.ranks, 0)), repeats = record.repeats();
        const bool summarised = !record.of_ranks.empty();
        if (ranks == 0 || record.seconds.size() != (summarised ? 0 : repeats * ranks) ||
            (summarised && record.of_ranks.size() != repeats)) {
            throw std::invalid_argument(fmt::format("{} of launch {}: {} samples for {} repeats on {} ranks",
                                                    record.variant, launch.id, record.seconds.size(), repeats,
                                                    record.ranks));
        }
        const auto first_repeat = std::ssize(tables_.repeats);
        for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
            const auto position = record.position.empty() ? -1 : record.position.at(repeat);
            if (summarised) {
                const auto& all = record.of_ranks[repeat];
                tables_.rank_summary.push_back(
                    {std::ssize(tables_.repeats), all.min, all.q1, all.median, all.q3, all.max});
                tables_.repeats.push_back(
                    {key, record.round[repeat], position, all.max, all.slowest_rank, unknown});
                continue;
            }
            const auto first = record.seconds.begin() + static_cast<std::ptrdiff_t>(repeat * ranks);
            const auto slowest = std::max_element(first, first + record.ranks);
            tables_.repeats.push_back(
                {key, record.round[repeat], position, *slowest, slowest - first, unknown});
            for (std::int64_t rank = 0; rank < record.ranks; ++rank) {
                tables_.rank_seconds.push_back(
                    {first_repeat + static_cast<std::int64_t>(repeat), rank, first[rank]});
            }
        }
        for (std::size_t sample = 0; sample < record.calls.size(); ++sample) {
            std::int64_t rank = 0;
            for (const double seconds : record.calls.row(sample))
                tables_.calls.push_back({key, first_repeat + record.calls.repeat[sample], rank++,
                                         record.calls.calls[sample], seconds});
        }
        for (const auto& [name, values] : record.observed) {
            if (values.size() != repeats) {
                throw std::invalid_argument(
                    fmt::format("{} of launch {}: {} numbers called {} for {} repeats", record.variant,
                                launch.id, values.size(), name, repeats));
            }
            auto repeat = first_repeat;
            for (const double value : values)
                tables_.observed.push_back({key, repeat++, -1, name, "", value});
        }
    }

    Tables tables_;
    std::int64_t first_limit_ = 0;  // of the launch
};

}  // namespace

namespace {

// A text of fixed length ends at its first NUL: the rest would be lost, and the checksum differ.
void replace_nuls(Tables& tables) {
    each_table(tables, [](const std::string&, auto& rows) {
        for (auto& row : rows) {
            visit(row, [](const char*, auto& member) {
                if constexpr (std::is_same_v<decltype(member), std::string&>)
                    std::replace(member.begin(), member.end(), '\0', ' ');
            });
        }
    });
}

}  // namespace

Tables pack(std::span<const Launch> launches) {
    std::vector<const Launch*> sorted;
    for (const auto& launch : launches) sorted.push_back(&launch);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->id < b->id; });
    Packer packer;
    for (const auto* launch : sorted) packer.add_launch(*launch);
    auto tables = packer.take();
    replace_nuls(tables);
    return tables;
}

}  // namespace pacer::dump
