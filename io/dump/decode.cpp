// The bytes of a dump to launches, trusting none of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "io/dump/dump.hpp"
#include "io/dump/fields.hpp"
#include "io/dump/image.hpp"
#include "io/hdf5/hdf5.hpp"

namespace pacer {

namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

std::vector<Place> read_placement(const hdf5::Group& launch) {
    return Rows<Place>(launch, "placement")
        .fill("rank", &Place::rank)
        .fill("host", &Place::host)
        .fill("pid", &Place::pid)
        .fill("cpus_allowed", &Place::cpus_allowed)
        .fill("threads", &Place::threads)
        .fill("thread_cpus", &Place::thread_cpus)
        .rows();
}

std::vector<Share> read_shares(const hdf5::Group& group) {
    return Rows<Share>(group, "shares")
        .fill("rank", &Share::rank)
        .fill("threads", &Share::threads)
        .fill("work_items", &Share::items)
        .fill("partial_result", &Share::partial)
        .rows();
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
    record.converged = attributes.whole("converged", 0, 1) == 1;
    record.batch = attributes.whole("batch", 1);
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

Launch read_launch(const hdf5::Group& group, const std::string& id) {
    Launch launch;
    launch.id = id;
    launch.circumstances = group.attributes();
    launch.placement = read_placement(group);
    launch.warnings = group.read_strings("warnings");
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
    return launch;
}

Index read_index(const hdf5::Group& group) {
    Index index;
    index.rows = Rows<IndexRow>(group, "cases")
                     .fill("launch", &IndexRow::launch)
                     .fill("app", &IndexRow::app)
                     .fill("variant", &IndexRow::variant)
                     .fill("uses", &IndexRow::uses)
                     .fill("promise", &IndexRow::promise)
                     .fill("ranks", &IndexRow::ranks)
                     .fill("threads", &IndexRow::threads)
                     .fill("batch", &IndexRow::batch)
                     .fill("checked", &IndexRow::checked)
                     .fill("failed", &IndexRow::failed)
                     .fill("not_run", &IndexRow::not_run)
                     .fill("parameters", &IndexRow::parameters)
                     .fill("repeats", &IndexRow::repeats)
                     .rows();
    index.seconds = group.read_matrix("seconds").values;
    return index;
}

// "elements=i:2000000000" and so on, each ended by a separator.
Facts parameters_in(std::string_view line) {
    Facts facts;
    while (!line.empty()) {
        const auto end = line.find(parameter_separator), sign = line.find('=');
        if (end == line.npos || sign + 2 >= end || line[sign + 2] != ':')
            refuse("its index has parameters like {}", line);
        const std::string name(line.substr(0, sign)), text(line.substr(sign + 3, end - sign - 3));
        const char kind = line[sign + 1];
        line.remove_prefix(end + 1);
        if (kind == 's') {
            facts.emplace_back(name, text);
            continue;
        }
        const auto number = parse_number(text);
        if (!number) refuse("its index has a parameter {} of {}", name, text);
        facts.emplace_back(
            name, kind == 'i' ? Value(static_cast<std::int64_t>(number->whole)) : Value(number->as_double()));
    }
    return facts;
}

// A case as far as the index knows it; its samples begin at `at`, which moves behind them.
Record record_of(const IndexRow& row, const std::vector<double>& seconds, std::size_t& at) {
    constexpr std::int64_t most = 1 << 30;
    if (row.ranks < 1 || row.threads < 1 || row.batch < 1 || row.repeats < 0 || row.repeats > most) {
        refuse("its index has an impossible case of {}", row.launch);
    }
    const auto samples = static_cast<std::size_t>(row.repeats) * static_cast<std::size_t>(row.ranks);
    if (samples > seconds.size() - at) refuse("its index lacks samples of {}", row.launch);
    Record record;
    record.app = row.app;
    record.variant = row.variant;
    record.uses = uses_named(row.uses);
    record.promise = promise_named(row.promise);
    record.ranks = row.ranks;
    record.threads = row.threads;
    record.parameters = parameters_in(row.parameters);
    record.batch = row.batch;
    record.verdict.checked = row.checked;
    record.verdict.failed = row.failed;
    record.not_run = row.not_run;
    record.round.resize(static_cast<std::size_t>(row.repeats));
    const auto first = seconds.begin() + static_cast<std::ptrdiff_t>(at);
    record.seconds.assign(first, first + static_cast<std::ptrdiff_t>(samples));
    check_samples(record.seconds, "the index");
    at += samples;
    return record;
}

// All launches, their cases from the index.
std::vector<Launch> read_by_index(const hdf5::Group& root) {
    const auto index = read_index(root.open("index"));
    const auto parent = root.open("launch");
    std::vector<Launch> launches;
    std::size_t row = 0, at = 0;
    for (const auto& id : parent.children()) {
        Launch launch;
        launch.id = id;
        launch.circumstances = parent.open(id).attributes();
        for (; row < index.rows.size() && index.rows[row].launch == id; ++row) {
            launch.records.push_back(record_of(index.rows[row], index.seconds, at));
        }
        launches.push_back(std::move(launch));
    }
    if (row < index.rows.size() || at < index.seconds.size()) refuse("its index is of other launches");
    return launches;
}

void check_format(const hdf5::Group& root) {
    const auto facts = root.attributes();
    if (fact(facts, "format") != "pacer-timings")
        refuse("it is an HDF5 file, but not a timing dump of Pacer");
    const auto version = Attributes(root).whole("format_version", 1);
    if (version > dump_format_version) {
        refuse(
            "it is of format {}, written by {}: this program reads formats up to {}, use that version or a "
            "newer one",
            version, fact(facts, "written_by", "a newer Pacer"), dump_format_version);
    }
}

// Any change of any byte is found here, before HDF5 sees it.
void check_bytes(const std::string& image) {
    if (image.empty()) refuse("the file is empty");
    if (image.compare(0, hdf5_signature.size(), hdf5_signature, 0, image.size()) != 0) {
        refuse("it is not an HDF5 file, so no timing dump");
    }
    const auto line = checksum_line("").size();
    const auto end = image.size() > line ? image.size() - line : 0;
    if (image.compare(end, std::string::npos, checksum_line(std::string_view(image).substr(0, end))) != 0) {
        refuse("it is not as Pacer wrote it: cut, damaged, changed by another program, or no timing dump");
    }
}

}  // namespace

std::vector<Launch> launches_in(const std::string& image, Detail detail) {
    check_bytes(image);
    try {
        const auto file = hdf5::File::open(image);
        const auto root = file.root();
        check_format(root);
        const bool has_index = root.has("index");
        if (has_index && detail == Detail::times) return read_by_index(root);
        const auto parent = root.open("launch");
        std::vector<Launch> launches;
        for (const auto& id : parent.children()) launches.push_back(read_launch(parent.open(id), id));
        if (launches.empty()) refuse("it holds no launch");
        if (has_index && index_of(launches) != read_index(root.open("index"))) {
            refuse("its index does not fit its launches: merge them again");
        }
        return launches;
    } catch (const hdf5::Error& error) {
        refuse("it is damaged ({})", error.what());
    }
}

}  // namespace pacer
