// Launches to the bytes of a dump.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "common/base/build_info.hpp"
#include "io/dump/dump.hpp"
#include "io/dump/image.hpp"
#include "io/hdf5/hdf5.hpp"

namespace pacer {

namespace {

constexpr std::size_t longest_text = 60000;  // an HDF5 object header takes attributes below 64 KiB

// At most longest_text bytes, cut between two characters.
std::string shortened(const std::string& text) {
    if (text.size() <= longest_text) return text;
    constexpr std::string_view mark = "...";
    auto end = longest_text - mark.size();
    const auto inside_character = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
    };
    while (end > 0 && inside_character(end)) --end;
    return text.substr(0, end).append(mark);
}

void set(const hdf5::Group& group, const std::string& name, const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    group.set(name, text ? Value(shortened(*text)) : value);
}

void set_all(const hdf5::Group& group, const Facts& facts) {
    for (const auto& [name, value] : facts) set(group, name, value);
}

std::int64_t whole(bool flag) {
    return flag ? 1 : 0;
}

// One column of a table: a member of every row.
template <class Row, class Member>
std::pair<std::string, hdf5::Cells> column(const char* name, const std::vector<Row>& rows,
                                           Member Row::*member) {
    if constexpr (std::is_same_v<Member, std::string>) {
        std::vector<std::string> cells;
        for (const auto& row : rows) cells.push_back(row.*member);
        return {name, std::move(cells)};
    } else {
        std::vector<std::int64_t> cells;
        for (const auto& row : rows) cells.push_back(row.*member);
        return {name, std::move(cells)};
    }
}

hdf5::Table table_of(const std::vector<Place>& places) {
    return {column("rank", places, &Place::rank),       column("host", places, &Place::host),
            column("pid", places, &Place::pid),         column("cpus_allowed", places, &Place::cpus_allowed),
            column("threads", places, &Place::threads), column("thread_cpus", places, &Place::thread_cpus)};
}

hdf5::Table table_of(const std::vector<Share>& shares) {
    return {column("rank", shares, &Share::rank), column("threads", shares, &Share::threads),
            column("work_items", shares, &Share::items), column("partial_result", shares, &Share::partial)};
}

Facts attributes_of(const Record& record) {
    return {{"app", record.app},
            {"variant", record.variant},
            {"uses", std::string(name_of(record.uses))},
            {"promise", std::string(name_of(record.promise))},
            {"ranks", std::int64_t{record.ranks}},
            {"threads", std::int64_t{record.threads}},
            {"work_items", record.work.items},
            {"work_bytes", record.work.bytes},
            {"work_operations", record.work.operations},
            {"work_operation", std::string(name_of(record.work.operation))},
            {"limit_seconds", record.limit.seconds},
            {"limit_derived", record.limit.derived},
            {"first_seconds", record.first_seconds},
            {"converged", whole(record.converged)},
            {"batch", record.batch},
            {"checked", record.verdict.checked},
            {"failed", record.verdict.failed},
            {"got", record.verdict.got},
            {"want", record.verdict.want},
            {"tolerance", record.verdict.tolerance},
            {"not_run", record.not_run},
            {"baseline", record.baseline}};
}

void encode(const Record& record, const hdf5::Group& group) {
    const auto ranks = static_cast<std::size_t>(std::max(record.ranks, 0));
    if (ranks == 0 || record.seconds.size() != record.repeats() * ranks) {
        throw std::invalid_argument(fmt::format("{}: {} samples for {} repeats on {} ranks", group.path(),
                                                record.seconds.size(), record.repeats(), record.ranks));
    }
    set_all(group, attributes_of(record));
    set_all(group.create("parameters"), record.parameters);
    group.write_matrix("seconds", record.seconds, ranks);
    group.write_integers("round", record.round);
    group.write_table("shares", table_of(record.shares));
    if (record.observed.empty()) return;
    const auto observed = group.create("observed");
    for (const auto& [name, values] : record.observed) observed.write_matrix(name, values, 1);
}

void encode(const Launch& launch, const hdf5::Group& group) {
    set_all(group, launch.circumstances);
    group.write_table("placement", table_of(launch.placement));
    group.write_strings("warnings", launch.warnings);
    const auto cases = group.create("case");
    for (std::size_t i = 0; i < launch.records.size(); ++i) {
        encode(launch.records[i], cases.create(fmt::format("{:04}", i)));
    }
}

std::string line_of(const Facts& parameters) {
    std::string line;
    for (const auto& [name, value] : parameters) {
        constexpr std::string_view kinds = "sid";  // in the order of Value
        line += fmt::format("{}={}:{}{}", name, kinds[value.index()], to_string(value), parameter_separator);
    }
    return line;
}

IndexRow row_of(const Record& record, const std::string& launch) {
    return {launch,
            record.app,
            record.variant,
            std::string(name_of(record.uses)),
            std::string(name_of(record.promise)),
            record.ranks,
            record.threads,
            record.batch,
            record.verdict.checked,
            record.verdict.failed,
            record.not_run,
            line_of(record.parameters),
            static_cast<std::int64_t>(record.repeats())};
}

bool fits_index(const IndexRow& row, const Record& record) {
    constexpr std::size_t longest = 1000;
    const auto separators = std::count(row.parameters.begin(), row.parameters.end(), parameter_separator);
    return std::cmp_equal(separators, record.parameters.size()) &&
           std::max({row.launch.size(), row.app.size(), row.variant.size(), row.not_run.size(),
                     row.parameters.size()}) <= longest;
}

hdf5::Table table_of(const std::vector<IndexRow>& rows) {
    using Row = IndexRow;
    return {column("launch", rows, &Row::launch),   column("app", rows, &Row::app),
            column("variant", rows, &Row::variant), column("uses", rows, &Row::uses),
            column("promise", rows, &Row::promise), column("ranks", rows, &Row::ranks),
            column("threads", rows, &Row::threads), column("batch", rows, &Row::batch),
            column("checked", rows, &Row::checked), column("failed", rows, &Row::failed),
            column("not_run", rows, &Row::not_run), column("parameters", rows, &Row::parameters),
            column("repeats", rows, &Row::repeats)};
}

// One launch is read as fast without.
void encode_index(std::span<const Launch> launches, const hdf5::Group& root) {
    if (launches.size() < 2) return;
    const auto index = index_of(launches);
    if (!index) return;
    const auto group = root.create("index");
    group.write_table("cases", table_of(index->rows));
    group.write_matrix("seconds", index->seconds, 1);
}

}  // namespace

std::optional<Index> index_of(std::span<const Launch> launches) {
    std::vector<const Launch*> sorted;
    for (const auto& launch : launches) sorted.push_back(&launch);
    std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->id < b->id; });
    Index index;
    for (const auto* launch : sorted) {
        for (const auto& record : launch->records) {
            index.rows.push_back(row_of(record, launch->id));
            index.seconds.insert(index.seconds.end(), record.seconds.begin(), record.seconds.end());
            if (!fits_index(index.rows.back(), record)) return std::nullopt;
        }
    }
    return index.rows.empty() ? std::nullopt : std::optional(std::move(index));
}

std::string checksum_line(std::string_view bytes) {
    // FNV-1a, 64 bits: every step is a bijection of the hash so far, so one changed byte always changes the
    // result.
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    return fmt::format("\npacer-fnv1a64 {:016x}\n", hash);
}

std::string dump_image(std::span<const Launch> launches) {
    const auto file = hdf5::File::create();
    const auto root = file.root();
    root.set("format", std::string("pacer-timings"));
    root.set("format_version", std::int64_t{dump_format_version});
    root.set("written_by", fmt::format("Pacer {}", version()));
    const auto parent = root.create("launch");
    for (const auto& launch : launches) encode(launch, parent.create(launch.id));
    encode_index(launches, root);
    auto image = file.image();
    return image + checksum_line(image);
}

}  // namespace pacer
