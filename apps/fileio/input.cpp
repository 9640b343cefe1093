#include "apps/fileio/input.hpp"

#include <Random123/philox.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/status.hpp"
#include "io/part_file.hpp"

namespace pacer::fileio {

namespace {

// Random words that depend on their number alone (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011). `stream` keeps uses apart.
std::array<std::uint32_t, 4> random_words(std::uint64_t number, std::uint32_t stream, std::uint64_t seed) {
    const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
    const r123::Philox4x32::ctr_type counter = {{low(number), low(number >> 32), stream, 0}};
    const r123::Philox4x32::key_type key = {{low(seed), low(seed >> 32)}};
    const auto words = r123::Philox4x32()(counter, key);
    return {words[0], words[1], words[2], words[3]};
}

// From 0 inclusive to 1 exclusive, all 53 bits random.
double uniform(std::uint32_t high, std::uint32_t low) {
    return std::ldexp(static_cast<double>((std::uint64_t{high} << 32 | low) >> 11), -53);
}

// Pareto's distribution, cut off at 50 times its least value (alpha = 1.5: some records cost as much as a
// hundred others). Scaled so that its mean, which follows by integration, is 1.
double heavy_tailed(double u) {
    constexpr double alpha = 1.5, reach = 50;
    const double cut = std::pow(reach, -alpha);
    const double mean = alpha / (alpha - 1) * (1 - std::pow(reach, 1 - alpha)) / (1 - cut);
    return std::pow(1 - u * (1 - cut), -1 / alpha) / mean;
}

}  // namespace

double Weights::of(std::int64_t index) const {
    switch (workload) {
        case Workload::even:
            break;
        case Workload::linear:
            return (2 * static_cast<double>(index) + 1) / static_cast<double>(lines);
        case Workload::heavy: {
            const auto words = random_words(static_cast<std::uint64_t>(index), 2, seed);
            return heavy_tailed(uniform(words[0], words[1]));
        }
    }
    return 1;
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
    int node_rank = 0;
    MPI_Comm_rank(world.node, &node_rank);
    mine_ = node_rank == 0;
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
