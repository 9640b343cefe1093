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

#include "common/base/split.hpp"
#include "common/base/status.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/random.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

ReadSettings read_settings(const Settings& settings) {
    ReadSettings read;
    read.skip_header = settings.skip_header;
    read.format = settings.format;
    read.included = settings.included;
    return read;
}

std::vector<Said> said_of(const Settings& settings) {
    std::vector<Said> all;
    all.push_back({"skip-header", settings.skip_header, settings.skip_header == 0});
    for (auto& said : pacer::said_of(settings.format)) all.push_back(std::move(said));
    all.push_back({"include",
                   settings.included.empty() ? "all" : fmt::format("{}", fmt::join(settings.included, ",")),
                   settings.included.empty()});
    return all;
}

std::vector<std::string> share_names(const Team& world, Reader* reader, Settings& settings) {
    if (!settings.format.header) return {};
    std::string text, where;
    on_root(world, [&] {
        for (const auto& name : reader->names()) text += name + '\0';
        where = reader->where_names_are();
    });
    text = text_of_rank(world, 0, text);
    where = text_of_rank(world, 0, where);
    std::vector<std::string> names;
    for (const auto name : split(text, '\0')) names.emplace_back(name);
    if (!names.empty()) settings.format.take_names(names, where);
    return names;
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
