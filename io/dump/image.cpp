#include "io/dump/image.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <string>

#include "common/base/build_info.hpp"
#include "common/base/split.hpp"
#include "io/dump/dump.hpp"
#include "io/dump/format_1.hpp"
#include "io/dump/in_child.hpp"
#include "io/dump/pack.hpp"
#include "io/dump/rows.hpp"

namespace pacer {

using namespace dump;

namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

std::string checksum_of(std::string_view text) {
    Checksum checksum;
    checksum.add(text);
    return checksum.hexadecimal();
}

std::string text_attribute(const hdf5::Group& root, const std::string& name) {
    const auto value = root.attribute(name);
    const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
    if (text == nullptr) refuse("it has no attribute {} of the right kind", name);
    return *text;
}

std::int64_t version_of(const hdf5::Group& root) {
    const auto format = root.attribute("format");
    if (format != Value(std::string("pacer-timings")))
        refuse("it is an HDF5 file, but not a timing dump of Pacer");
    const auto value = root.attribute("format_version");
    const auto* whole = value ? std::get_if<std::int64_t>(&*value) : nullptr;
    const auto* real = value ? std::get_if<double>(&*value) : nullptr;  // as some tools rewrite it
    const double version = whole ? static_cast<double>(*whole) : real ? *real : 0;
    if (!(version >= 1 && version < 1e9) || version != std::floor(version))
        refuse("it does not say which format it has");
    return static_cast<std::int64_t>(version);
}

struct Written {
    std::size_t rows = 0;
    std::string checksum;
};

// What the file says it was written with, by the tables' names.
std::map<std::string, Written, std::less<>> tables_written(const hdf5::Group& root) {
    const auto list = text_attribute(root, "tables");
    if (checksum_of(list) != text_attribute(root, "tables_checksum"))
        refuse("it is damaged or was changed: the checksum of its list of tables differs");
    std::map<std::string, Written, std::less<>> written;
    for (const auto line : split(list, '\n')) {
        const auto name = line.substr(0, line.find(' ')), checksum = line.substr(line.rfind(' ') + 1);
        const auto number = line.substr(std::min(name.size() + 1, line.size()));
        auto& table = written[std::string(name)];
        if (std::from_chars(number.data(), number.data() + number.size(), table.rows).ec != std::errc())
            refuse("its list of tables has no number of rows for {}", name);
        table.checksum = checksum;
    }
    return written;
}

std::vector<std::string> hashed_columns(const hdf5::Group& root, const std::string& table) {
    const auto value = hdf5::Table::open(root, table).attribute("columns");
    const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
    if (text == nullptr) refuse("table {} does not say which columns its checksum is of", table);
    const auto names = split(*text, ',');
    return {names.begin(), names.end()};
}

std::vector<Launch> read_format_2(const hdf5::Group& root) {
    const auto written = tables_written(root);
    for (const auto& [name, unused] : written) {
        if (!root.has(name)) refuse("it is damaged or was changed: it lacks table {}", name);
    }
    Tables tables;
    each_table(tables, [&](const std::string& name, auto& rows) {
        using Row = typename std::remove_reference_t<decltype(rows)>::value_type;
        const auto its = written.find(name);
        if (its == written.end() && may_lack(name)) return;
        if (its == written.end()) refuse("its list of tables lacks {}", name);
        const auto table = hdf5::Table::open(root, name, hashed_columns(root, name));
        rows = read_rows<Row>(table, name, its->second.rows, its->second.checksum);
    });
    check(tables);
    return unpack(tables);
}

std::vector<Launch> read(std::string_view image, int& format) {
    try {
        const auto file = hdf5::File::open(image);
        const auto root = file.root();
        const auto version = version_of(root);
        if (version > dump_format_version) {
            const auto by = root.attribute("written_by");
            refuse(
                "it is of format {}, written by {}: this program reads formats up to {}; use that version or "
                "a "
                "newer one",
                version, by ? to_string(*by) : "a newer Pacer", dump_format_version);
        }
        format = static_cast<int>(version);
        auto launches = version == 1 ? read_format_1(root, image) : read_format_2(root);
        if (launches.empty()) refuse("it contains no launch");
        return launches;
    } catch (const hdf5::Error& error) {
        refuse("it is cut or damaged ({})", error.what());
    }
}

}  // namespace

void make_dump(std::span<const Launch> launches, const std::function<void(std::string_view)>& use) {
    const auto tables = pack(launches);
    check(tables);
    const auto file = hdf5::File::create();
    const auto root = file.root();
    root.set("format", std::string("pacer-timings"));
    root.set("format_version", std::int64_t{dump_format_version});
    root.set("written_by", fmt::format("Pacer {}", version()));
    std::string list;
    each_table(tables, [&](const std::string& name, const auto& rows) {
        list += fmt::format("{} {} {}\n", name, rows.size(), write_rows(root, name, rows));
    });
    root.set("tables", list);
    root.set("tables_checksum", checksum_of(list));
    use(file.image());
}

std::vector<Launch> launches_in(std::string_view image, int* format) {
    int unasked = 0;
    if (format == nullptr) format = &unasked;
    if (image.empty()) refuse("the file is empty");
    if (!image.starts_with(hdf5_signature.substr(0, image.size())))
        refuse("it is not an HDF5 file, so not a timing dump");
    if (is_whole_format_1(image) || hdf5::has_checksums(image)) return read(image, *format);
    constexpr std::size_t bytes_a_second = std::size_t{1} << 25;  // at least, when nothing is damaged
    const auto patience = std::min<std::size_t>(8 + image.size() / bytes_a_second, 3600);
    const auto own = made_in_child([&](const auto& use) { make_dump(read(image, *format), use); },
                                   static_cast<unsigned>(patience));
    return read({own.data(), own.size()}, *format);
}

}  // namespace pacer
