#include "apps/fileio/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/base/status.hpp"
#include "common/base/units.hpp"
#include "common/parallel/random.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

ReadSettings read_settings(const Settings& settings) {
    ReadSettings read;
    read.skip_header = settings.skip_header;
    read.format = settings.format;
    return read;
}

std::vector<std::int64_t> parse_columns(const std::string& text) {
    std::vector<std::int64_t> columns;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        if (end == at)
            throw UsageError(fmt::format("--columns {}: a number is missing; write them as 1,3,4", text));
        columns.push_back(parse_count(text.substr(at, end - at)) - 1);
        if (columns.back() < 0) throw UsageError("--columns counts from 1");
        at = end + 1;
    }
    return columns;
}

std::string text_of_columns(const Settings& settings) {
    auto columns = settings.columns;
    for (auto& column : columns) ++column;
    return fmt::format("{}", fmt::join(columns, ","));
}

void append_row(std::string& text, std::int64_t index, std::uint64_t seed) {
    const auto number = static_cast<std::uint64_t>(index);
    const auto a = random_words(number, 0, seed), b = random_words(number, 1, seed);
    for (const double u : {uniform(a[0], a[1]), uniform(a[2], a[3]), uniform(b[0], b[1])}) {
        fmt::format_to(std::back_inserter(text), "{:22.14E}", 20 * u - 10);
    }
    text += '\n';
}

void make_input(const std::string& path, std::int64_t rows, std::uint64_t seed, bool replace) {
    constexpr std::int64_t rows_at_once = 10000;
    PartFile file(file_to_write(path, replace));
    std::string text;
    for (std::int64_t row = 0; row < rows; ++row) {
        append_row(text, row, seed);
        if ((row + 1) % rows_at_once != 0 && row + 1 < rows) continue;
        file.append(text);
        text.clear();
    }
    file.commit(replace);
}

TemporaryInput::TemporaryInput(const Team& world, std::int64_t rows, std::uint64_t seed) {
    const char* folder = std::getenv("TMPDIR");
    if (folder == nullptr || *folder == '\0') folder = "/tmp";
    path_ = text_of_rank(world, 0, fmt::format("{}/pacer-fileio-{}-{}.txt", folder, host_name(), getpid()));
    mine_ = world.node_root();
    on_every_rank(world, [&] {
        if (!mine_) return;
        make_input(path_, rows, seed, true);
        // The same on every node, as a shared file is.
        const timespec same[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
        ::utimensat(AT_FDCWD, path_.c_str(), same, 0);
    });
}

TemporaryInput::~TemporaryInput() {
    if (mine_) ::unlink(path_.c_str());
}

}  // namespace pacer::fileio
