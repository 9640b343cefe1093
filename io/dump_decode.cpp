// The bytes of a dump to launches, trusting none of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "io/dump.hpp"
#include "io/dump_image.hpp"
#include "io/hdf5.hpp"

namespace pacer {

namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

// What a file cannot be; the text completes "cannot read FILE: ".
template <class... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    throw std::runtime_error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

// The attributes of one group by name; refuses the file if one is missing, of another kind, or out of range.
class Attributes {
  public:
    explicit Attributes(const hdf5::Group& group) : path_(group.path()), facts_(group.attributes()) {}

    std::string text(std::string_view name) const { return get<std::string>(name); }

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
    template <class Kind>
    Kind get(std::string_view name) const {
        const auto found =
            std::find_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.first == name; });
        const auto* value = found == facts_.end() ? nullptr : std::get_if<Kind>(&found->second);
        if (value == nullptr) refuse("{} has no attribute {} of the right kind", path_, name);
        return *value;
    }

    std::string path_;
    Facts facts_;
};

// Rows whose members are the table's columns of these names.
template <class Row>
class Rows {
  public:
    Rows(const hdf5::Group& group, const std::string& name)
        : path_(group.path() + "/" + name), table_(group.read_table(name)) {
        if (table_.empty()) return;
        rows_.resize(std::visit([](const auto& cells) { return cells.size(); }, table_.front().second));
    }

    template <class Member>
    Rows& fill(const std::string& column, Member Row::*member) {
        if constexpr (std::is_same_v<Member, std::string>) {
            const auto& cells = get<std::string>(column);
            for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].*member = cells[i];
        } else {
            const auto& cells = get<std::int64_t>(column);
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                if (!std::in_range<Member>(cells[i])) refuse("{} of {} is {}", column, path_, cells[i]);
                rows_[i].*member = static_cast<Member>(cells[i]);
            }
        }
        return *this;
    }

    std::vector<Row> rows() const { return rows_; }

  private:
    template <class Cell>
    const std::vector<Cell>& get(const std::string& column) const {
        static const std::vector<Cell> none;
        if (table_.empty()) return none;
        for (const auto& [name, cells] : table_) {
            const auto* found = std::get_if<std::vector<Cell>>(&cells);
            if (name == column && found != nullptr) return *found;
        }
        refuse("{} has no column {} of the right kind", path_, column);
    }

    std::string path_;
    hdf5::Table table_;
    std::vector<Row> rows_;
};

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

void read_samples(const hdf5::Group& group, Record& record) {
    auto seconds = group.read_matrix("seconds");
    record.round = group.read_integers("round");
    const auto ranks = static_cast<std::size_t>(record.ranks);
    if (seconds.rows != record.repeats() || (seconds.rows != 0 && seconds.columns != ranks)) {
        refuse("{} has {} x {} samples for {} repeats on {} ranks", group.path(), seconds.rows,
               seconds.columns, record.repeats(), ranks);
    }
    for (const double sample : seconds.values) {
        if (!std::isfinite(sample) || sample <= 0)
            refuse("{} has a sample of {} seconds", group.path(), sample);
    }
    record.seconds = std::move(seconds.values);
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
    record.shares = read_shares(group);
    read_samples(group, record);
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

std::vector<Launch> launches_in(const std::string& image) {
    check_bytes(image);
    try {
        const auto file = hdf5::File::open(image);
        const auto root = file.root();
        check_format(root);
        const auto parent = root.open("launch");
        std::vector<Launch> launches;
        for (const auto& id : parent.children()) launches.push_back(read_launch(parent.open(id), id));
        if (launches.empty()) refuse("it holds no launch");
        return launches;
    } catch (const hdf5::Error& error) {
        refuse("it is damaged ({})", error.what());
    }
}

}  // namespace pacer
