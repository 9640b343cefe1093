#include "io/dump/format_1.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

#include "io/dump/refuse.hpp"
#include "io/dump/rows.hpp"

namespace pacer {

namespace {

// The attributes of one group by name; refuses the file if one is missing, of another kind, or out of range.
class Attributes {
  public:
    explicit Attributes(const hdf5::Group& group) : path_(group.path()), facts_(group.attributes()) {}

    std::string text(std::string_view name) const { return get<std::string>(name); }
    // For attributes that older dumps lack.
    std::string text_or(std::string_view name, const std::string& otherwise) const {
        return find(name) == nullptr ? otherwise : text(name);
    }

    std::int64_t whole(std::string_view name, std::int64_t least,
                       std::int64_t most = std::numeric_limits<std::int64_t>::max()) const {
        const auto value = get<std::int64_t>(name);
        if (value < least || value > most) refuse("{} of {} is {}, which is impossible", name, path_, value);
        return value;
    }

    int small(std::string_view name, int least) const {
        return static_cast<int>(whole(name, least, std::numeric_limits<int>::max()));
    }

    double seconds(std::string_view name) const {
        const auto value = get<double>(name);
        if (!std::isfinite(value) || value < 0) refuse("{} of {} is {}, not a time", name, path_, value);
        return value;
    }

    // The enumerator whose name is the attribute's text.
    template <class Enum>
    Enum named(std::string_view name, Enum (*from_name)(std::string_view)) const {
        try {
            return from_name(text(name));
        } catch (const std::invalid_argument& error) {
            refuse("{} of {}: {}", name, path_, error.what());
        }
    }

  private:
    const Value* find(std::string_view name) const {
        const auto found =
            std::find_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.first == name; });
        return found == facts_.end() ? nullptr : &found->second;
    }

    template <class Kind>
    Kind get(std::string_view name) const {
        const auto* held = find(name);
        const auto* value = held == nullptr ? nullptr : std::get_if<Kind>(held);
        if (value == nullptr) refuse("{} has no attribute {} of the right kind", path_, name);
        return *value;
    }

    std::string path_;
    Facts facts_;
};

struct PlaceRow1 {
    std::int64_t rank = 0, pid = 0, threads = 0;
    std::string host, cpus_allowed, thread_cpus;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("rank", row.rank), f("host", row.host), f("pid", row.pid), f("cpus_allowed", row.cpus_allowed),
            f("threads", row.threads), f("thread_cpus", row.thread_cpus);
    }
};

struct ShareRow1 {
    std::int64_t rank = 0, threads = 0, items = 0;
    std::string partial;

    template <class Row, class F>
    static void visit(Row& row, F&& f) {
        f("rank", row.rank), f("threads", row.threads), f("work_items", row.items),
            f("partial_result", row.partial);
    }
};

int small(std::int64_t value) {
    if (!std::in_range<int>(value)) refuse("a table has a number of {}", value);
    return static_cast<int>(value);
}

std::vector<Place> read_placement(const hdf5::Group& launch) {
    std::vector<Place> places;
    if (!launch.has("placement")) return places;
    for (const auto& row : dump::rows_in<PlaceRow1>(hdf5::Table::open(launch, "placement"), "placement")) {
        places.push_back(
            {small(row.rank), row.host, row.pid, row.cpus_allowed, small(row.threads), row.thread_cpus});
    }
    return places;
}

std::vector<Share> read_shares(const hdf5::Group& group) {
    std::vector<Share> shares;
    if (!group.has("shares")) return shares;
    for (const auto& row : dump::rows_in<ShareRow1>(hdf5::Table::open(group, "shares"), "shares"))
        shares.push_back({small(row.rank), small(row.threads), row.items, row.partial});
    return shares;
}

void check_samples(const std::vector<double>& seconds, std::string_view where) {
    for (const double sample : seconds) {
        if (!std::isfinite(sample) || sample <= 0) refuse("{} has a sample of {} seconds", where, sample);
    }
}

void read_samples(const hdf5::Group& group, Record& record) {
    auto seconds = group.read_matrix("seconds");
    record.round = group.read_integers("round");
    const auto ranks = static_cast<std::size_t>(record.ranks);
    if (seconds.rows != record.repeats() || (seconds.rows != 0 && seconds.columns != ranks)) {
        refuse("{} has {} x {} samples for {} repeats on {} ranks", group.path(), seconds.rows,
               seconds.columns, record.repeats(), ranks);
    }
    check_samples(seconds.values, group.path());
    record.seconds = std::move(seconds.values);
}

void read_observed(const hdf5::Group& group, Record& record) {
    if (!group.has("observed")) return;
    const auto observed = group.open("observed");
    for (const auto& name : observed.children()) {
        auto values = observed.read_matrix(name);
        if (values.rows != record.repeats() || values.columns != 1) {
            refuse("{} has {} x {} numbers called {} for {} repeats", group.path(), values.rows,
                   values.columns, name, record.repeats());
        }
        record.observed.push_back({name, std::move(values.values)});
    }
}

Record read_case(const hdf5::Group& group) {
    const Attributes attributes(group);
    Record record;
    record.app = attributes.text("app");
    record.variant = attributes.text("variant");
    record.uses = attributes.named("uses", uses_named);
    record.promise = attributes.named("promise", promise_named);
    record.ranks = attributes.small("ranks", 1);
    record.threads = attributes.small("threads", 1);
    record.parameters = group.open("parameters").attributes();
    record.work = {attributes.whole("work_items", 0), attributes.whole("work_bytes", 0),
                   attributes.whole("work_operations", 0),
                   attributes.named("work_operation", operation_named)};
    record.limit = {attributes.seconds("limit_seconds"), attributes.text("limit_derived")};
    record.first_seconds = attributes.seconds("first_seconds");
    if (attributes.whole("converged", 0, 1) == 1) record.stopped_by = StoppedBy::converged;
    record.batch = attributes.whole("batch", 1);
    // Ranks did not meet between the executions of a batch, so that they could run ahead.
    if (record.batch > 1 && record.ranks > 1)
        record.parameters.emplace_back(method_parameter, "batch_without_barriers");
    record.verdict.checked = attributes.whole("checked", 0);
    record.verdict.failed = attributes.whole("failed", 0, record.verdict.checked);
    record.verdict.got = attributes.text("got");
    record.verdict.want = attributes.text("want");
    record.verdict.tolerance = attributes.text("tolerance");
    record.not_run = attributes.text("not_run");
    record.baseline = attributes.text_or("baseline", record.baseline);
    record.shares = read_shares(group);
    read_samples(group, record);
    read_observed(group, record);
    return record;
}

// Sentences of format 1 that tell the same as a doubt of today: around its value, or its subject.
struct FormerSentence {
    std::string_view before, after, kind;
    bool has_percent;
};

constexpr std::array<FormerSentence, 4> former_sentences = {
    {{"stopped early by a signal", "", "stopped", false},
     {"other processes took ", " % of this host's CPU time during the launch", "others_load", true},
     {"the hypervisor took ", " % of this host's CPU time during the launch", "steal", true},
     {"PACER_TOPOLOGY=", " was taken for this machine", "foreign_topology", false}}};

Doubt doubt_of(const std::string& sentence) {
    for (const auto& former : former_sentences) {
        if (!sentence.starts_with(former.before) || !sentence.ends_with(former.after)) continue;
        const auto middle = sentence.substr(former.before.size(),
                                            sentence.size() - former.before.size() - former.after.size());
        if (former.after.empty() && !middle.empty()) continue;
        if (!former.has_percent) return {std::string(former.kind), -1, middle, 0};
        if (const auto percent = parse_number(middle))
            return {std::string(former.kind), -1, "this host", percent->as_double() / 100};
    }
    return {"said", -1, sentence, 0};
}

// The sentences that a launch was stored with, but for those of what its samples and facts tell anew.
void add_doubts(const std::vector<std::string>& sentences, Launch& launch) {
    constexpr std::array<std::string_view, 10> told_anew = {
        "faster than the limit, ",
        "the time budget ended before ",
        "stopped before ",
        "fewer than 6 repeats",
        "the first execution took over 1.5 times the median: ",
        "drifted from the first third of the repeats to the last: ",
        "neighbouring repeats are correlated, ",
        "the repeats fall in two groups, ",
        "shorter than 1000 clock steps, ",
        "this host's cores do not always run at one speed: "};
    // What the facts tell of the load, too.
    const bool has_load = number_in(launch.environment, "cpu_seconds").has_value();
    bool stopped = false;
    for (const auto& sentence : sentences) {
        const auto starts = [&](std::string_view words) { return sentence.starts_with(words); };
        if (std::any_of(told_anew.begin(), told_anew.end(), starts)) continue;
        auto doubt = doubt_of(sentence);
        stopped = stopped || doubt.kind == "stopped";
        if (has_load && (doubt.kind == "others_load" || doubt.kind == "steal")) continue;
        launch.doubts.push_back(std::move(doubt));
    }
    const auto asked = parse_number(fact(launch.environment, "repeats_asked", "0"));
    for (auto& record : launch.records) {
        if (record.repeats() == 0) continue;
        if (asked && asked->whole > 0 && static_cast<std::int64_t>(record.repeats()) >= asked->whole) {
            record.stopped_by = StoppedBy::count;
        } else if (record.stopped_by != StoppedBy::converged || (asked && asked->whole > 0)) {
            record.stopped_by = stopped ? StoppedBy::signal : StoppedBy::budget;
        }
    }
}

Launch read_launch(const hdf5::Group& group, const std::string& id) {
    Launch launch;
    launch.id = id;
    launch.environment = group.attributes();
    launch.placement = read_placement(group);
    const auto cases = group.open("case");
    auto names = cases.children();
    // By number: 10000 comes after 9999.
    std::stable_sort(names.begin(), names.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (const auto& name : names) {
        launch.records.push_back(read_case(cases.open(name)));
        for (const auto& share : launch.records.back().shares) {
            if (!std::cmp_less(share.rank, launch.placement.size()) || share.rank < 0) {
                refuse("case {} has a share of rank {}, which has no place", name, share.rank);
            }
        }
    }
    add_doubts(group.read_strings("warnings"), launch);
    return launch;
}

}  // namespace

std::string format_1_last_line(std::string_view bytes) {
    // FNV-1a, 64 bits: every step is a bijection of the hash so far, so one changed byte always changes the
    // result.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    return fmt::format("\npacer-fnv1a64 {:016x}\n", hash);
}

bool is_whole_format_1(std::string_view image) {
    const auto line = format_1_last_line("").size();
    if (image.size() < line) return false;
    const auto bytes = image.substr(0, image.size() - line), last = image.substr(bytes.size());
    return last.starts_with("\npacer-fnv1a64 ") && last == format_1_last_line(bytes);
}

std::vector<Launch> read_format_1(const hdf5::Group& root, std::string_view image) {
    if (!is_whole_format_1(image))
        refuse("it is not as Pacer wrote it: cut, damaged, or changed by another program");
    const auto parent = root.open("launch");
    std::vector<Launch> launches;
    for (const auto& id : parent.children()) launches.push_back(read_launch(parent.open(id), id));
    return launches;
}

}  // namespace pacer
