#include <algorithm>
#include <utility>

#include "common/machine/limits.hpp"
#include "io/dump/pack.hpp"

namespace pacer::dump {

namespace {

std::size_t index(std::int64_t key) {
    return static_cast<std::size_t>(key);
}

// The rows that belong together, one group after the other.
template <class Row>
class Groups {
  public:
    Groups(const std::vector<Row>& rows, std::int64_t Row::*key) : rows_(rows), key_(key) {}

    // To be asked for in the order of keys.
    std::span<const Row> of(std::size_t key) {
        const auto first = next_;
        while (next_ < rows_.size() && index(rows_[next_].*key_) == key) ++next_;
        return {rows_.data() + first, next_ - first};
    }

  private:
    const std::vector<Row>& rows_;
    std::int64_t Row::*key_;
    std::size_t next_ = 0;
};

template <class Row>
Facts facts_of(std::span<const Row> rows) {
    Facts facts;
    facts.reserve(rows.size());
    bool goes_on = false;
    for (const auto& row : rows) {
        if (goes_on) {
            std::get<std::string>(facts.back().second) += row.text;
        } else if (row.kind == "i") {
            facts.emplace_back(row.name, row.whole);
        } else if (row.kind == "f") {
            facts.emplace_back(row.name, row.number);
        } else {
            facts.emplace_back(row.name, row.text);
        }
        goes_on = row.kind == "s+";
    }
    return facts;
}

std::vector<Place> places_of(std::span<const PlaceRow> rows) {
    std::vector<Place> places;
    for (const auto& row : rows) {
        places.push_back({static_cast<int>(row.rank), row.host, row.pid, row.cpus_allowed,
                          static_cast<int>(row.threads), row.thread_cpus});
    }
    return places;
}

Record record_of(const CaseRow& row) {
    Record record;
    record.app = row.app;
    record.variant = row.variant;
    record.uses = uses_named(row.uses);
    record.promise = promise_named(row.promise);
    record.ranks = static_cast<int>(row.ranks);
    record.threads = static_cast<int>(row.threads);
    record.work = {row.items, row.bytes, row.operations, operation_named(row.operation)};
    record.limit = {row.limit_seconds, row.limit_derived};
    record.first_seconds = row.first_seconds;
    record.loaded_seconds = row.loaded_seconds;
    record.batch = row.batch;
    record.stopped_by = stopped_by_named(row.stopped_by);
    record.verdict.checked = row.checked;
    record.verdict.failed = row.failed;
    record.not_run = row.not_run;
    return record;
}

class Unpacker {
  public:
    explicit Unpacker(const Tables& tables)
        : tables_(tables),
          facts_(tables.facts, &FactRow::launch),
          limits_(tables.limits, &LimitRow::launch),
          watch_(tables.watch, &SeenRow::launch),
          placement_(tables.placement, &PlaceRow::launch),
          cases_(tables.cases, &CaseRow::launch),
          checks_(tables.checks, &CheckRow::of_case),
          parameters_(tables.parameters, &ParameterRow::of_case),
          calls_(tables.calls, &CallRow::of_case),
          observed_(tables.observed, &ObservedRow::of_case),
          shares_(tables.shares, &ShareRow::of_case),
          profile_(tables.profile, &ProfileRow::of_case),
          doubts_(tables.doubts, &DoubtRow::launch),
          headlines_(tables.headlines, &HeadlineRow::launch) {}

    Launch launch(std::size_t key) {
        Launch launch;
        launch.id = tables_.launches[key].id;
        for (auto rest = facts_.of(key); !rest.empty();) {
            const auto& host = rest.front().host;
            const auto end =
                std::find_if(rest.begin(), rest.end(), [&](auto& row) { return row.host != host; });
            const auto its = rest.first(static_cast<std::size_t>(end - rest.begin()));
            if (host.empty()) {
                launch.environment = facts_of(its);
            } else {
                launch.hosts.push_back({host, facts_of(its)});
            }
            rest = rest.subspan(its.size());
        }
        launch.placement = places_of(placement_.of(key));
        for (const auto& r : limits_.of(key))
            launch.rates.push_back(
                {r.probe, static_cast<int>(r.ranks), static_cast<int>(r.threads), r.bytes, r.rate, r.unit});
        for (const auto& w : watch_.of(key))
            launch.watch.push_back({w.host, w.at_seconds, w.others_cpu, w.steal, w.frequency, w.load});
        const auto first_case = next_case_;
        const auto record_of_case = [&](std::int64_t of_case) {
            return of_case < 0 ? -1 : static_cast<int>(index(of_case) - first_case);
        };
        for (const auto& row : cases_.of(key)) launch.records.push_back(next_record(row, launch.rates));
        next_limit_ += launch.rates.size();
        for (const auto& row : doubts_.of(key))
            launch.doubts.push_back({row.kind, record_of_case(row.of_case), row.subject, row.value});
        for (const auto& row : headlines_.of(key))
            launch.headlines.push_back(
                {record_of_case(row.of_case), row.key, row.label, row.unit, row.value});
        return launch;
    }

  private:
    Record next_record(const CaseRow& row, const std::vector<MeasuredRate>& rates) {
        const auto key = next_case_++;
        auto record = record_of(row);
        if (row.limit >= 0) {
            const auto rate = index(row.limit) - next_limit_;
            record.limit.rate = static_cast<int>(rate);
            if (row.limit_derived.empty())
                record.limit.derived =
                    words_of(rates[rate], occupation(record.uses, record.ranks, record.threads));
        }
        const auto& problem = tables_.problems[index(row.problem)];
        record.problem = problem.name;
        record.baseline = problem.baseline_variant;
        record.parameters = facts_of(parameters_.of(key));
        for (const auto& check : checks_.of(key)) {
            record.verdict.got = check.got;
            record.verdict.want = check.want;
            record.verdict.tolerance = check.tolerance;
        }
        for (const auto& share : shares_.of(key)) {
            record.shares.push_back(
                {static_cast<int>(share.rank), static_cast<int>(share.threads), share.items, share.partial});
        }
        for (const auto& p : profile_.of(key))
            record.profile.push_back({static_cast<int>(p.rank), p.region, p.parent, p.hits, p.seconds});
        add_samples(row, record);
        for (const auto& call : calls_.of(key)) {
            record.calls.seconds.push_back(call.seconds);
            if (call.rank > 0) continue;
            record.calls.repeat.push_back(static_cast<std::int32_t>(call.repeat - row.first_repeat));
            record.calls.calls.push_back(call.calls);
        }
        for (const auto& number : observed_.of(key)) {
            if (number.repeat == row.first_repeat) record.observed.push_back({number.name, {}});
            record.observed.back().values.push_back(number.value);
        }
        return record;
    }

    void add_samples(const CaseRow& row, Record& record) {
        record.round.reserve(index(row.repeats));
        for (const auto& repeat :
             std::span(tables_.repeats).subspan(index(row.first_repeat), index(row.repeats))) {
            record.round.push_back(static_cast<std::int32_t>(repeat.round));
            record.position.push_back(static_cast<std::int32_t>(repeat.position));
        }
        if (std::count(record.position.begin(), record.position.end(), -1) > 0) record.position.clear();
        for (auto i = row.first_repeat; i < row.first_repeat + row.repeats; ++i) {
            if (next_summary_ == tables_.rank_summary.size() ||
                tables_.rank_summary[next_summary_].repeat != i)
                break;
            const auto& s = tables_.rank_summary[next_summary_++];
            record.of_ranks.push_back({s.min, s.q1, s.median, s.q3, s.max,
                                       static_cast<std::int32_t>(tables_.repeats[index(i)].slowest_rank)});
        }
        if (!record.of_ranks.empty()) return;
        record.seconds.reserve(index(row.repeats * row.ranks));
        for (std::int64_t i = 0; i < row.repeats * row.ranks; ++i)
            record.seconds.push_back(tables_.rank_seconds[next_sample_++].seconds);
    }

    const Tables& tables_;
    Groups<FactRow> facts_;
    Groups<LimitRow> limits_;
    Groups<SeenRow> watch_;
    Groups<PlaceRow> placement_;
    Groups<CaseRow> cases_;
    Groups<CheckRow> checks_;
    Groups<ParameterRow> parameters_;
    Groups<CallRow> calls_;
    Groups<ObservedRow> observed_;
    Groups<ShareRow> shares_;
    Groups<ProfileRow> profile_;
    Groups<DoubtRow> doubts_;
    Groups<HeadlineRow> headlines_;
    std::size_t next_case_ = 0, next_sample_ = 0, next_summary_ = 0, next_limit_ = 0;
};

}  // namespace

std::vector<Launch> unpack(const Tables& tables) {
    Unpacker unpacker(tables);
    std::vector<Launch> launches;
    for (std::size_t key = 0; key < tables.launches.size(); ++key) launches.push_back(unpacker.launch(key));
    return launches;
}

}  // namespace pacer::dump
