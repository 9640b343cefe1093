// What the farm costs without any calculation: a block handed out and a result taken in, against a bare
// MPI_Send and MPI_Recv of the same sizes; and how fast rank 0 hands out a file that lies in memory.
//
//     mpirun -np 2 farm [FILE]
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <vector>

#include "apps/fileio/flow/flow.hpp"
#include "common/base/clock.hpp"
#include "common/launch/launch.hpp"
#include "common/measure/statistics.hpp"
#include "common/parallel/farm.hpp"

namespace {

using namespace pacer;
using namespace pacer::fileio;

constexpr std::size_t block_bytes = 4096;
constexpr std::size_t result_bytes = sizeof(PieceHeader);

double ping_pong_seconds(const Team& world, int blocks) {
    std::vector<char> block(block_bytes), result(result_bytes);
    const int there = static_cast<int>(block_bytes), back = static_cast<int>(result_bytes);
    MPI_Barrier(world.comm);
    const double start = now_seconds();
    for (int i = 0; i < blocks; ++i) {
        if (world.root()) {
            MPI_Send(block.data(), there, MPI_BYTE, 1, 0, world.comm);
            MPI_Recv(result.data(), back, MPI_BYTE, 1, 0, world.comm, MPI_STATUS_IGNORE);
        } else if (world.rank == 1) {
            MPI_Recv(block.data(), there, MPI_BYTE, 0, 0, world.comm, MPI_STATUS_IGNORE);
            MPI_Send(result.data(), back, MPI_BYTE, 0, 0, world.comm);
        }
    }
    return (now_seconds() - start) / blocks;
}

void serve_nothing(const Team& world) {
    serve(world, [](std::span<const char>, const std::function<void(Bytes)>& result) {
        result(Bytes(result_bytes));
    });
}

double farm_seconds(const Team& world, int blocks) {
    MPI_Barrier(world.comm);
    const double start = now_seconds();
    if (!world.root()) {
        serve_nothing(world);
    } else {
        int made = 0;
        Master master;
        master.next = [&](Bytes& message) {
            message.resize(block_bytes);
            return made++ < blocks;
        };
        master.take = [](std::span<const char>) {};
        hand_out(world, master);
    }
    return (now_seconds() - start) / blocks;
}

// Bytes per second that rank 0 reads, cuts and hands out.
double hand_out_rate(const Team& world, const std::string& path) {
    MPI_Barrier(world.comm);
    const double start = now_seconds();
    if (!world.root()) {
        serve_nothing(world);
        return 0;
    }
    Settings settings;
    settings.block_bytes = std::int64_t{1} << 20;
    Reader reader({path}, {});
    BlockSource blocks(reader, settings, 1, 1);
    Master master;
    master.next = [&](Bytes& message) { return blocks.next(message); };
    master.take = [](std::span<const char>) {};
    hand_out(world, master);
    return static_cast<double>(reader.bytes_on_disk()) / (now_seconds() - start);
}

ExitStatus run(const Team& world, int argc, char** argv) {
    if (world.size != 2) throw UsageError("start it with mpirun -np 2");
    constexpr int rounds = 21, blocks = 5000;
    std::vector<double> bare, farm, ratio, rate;
    for (int round = 0; round < rounds; ++round) {
        bare.push_back(ping_pong_seconds(world, blocks));
        farm.push_back(farm_seconds(world, blocks));
        ratio.push_back(farm.back() / bare.back());
    }
    std::string path = argc > 1 ? argv[1] : "";
    const bool made = path.empty();
    if (made) {
        path = (std::filesystem::temp_directory_path() / "pacer-farm.txt").string();
        on_root(world, [&] { make_input(path, 4'000'000, 0, true); });
    }
    for (int round = 0; round < rounds; ++round) rate.push_back(hand_out_rate(world, path) / 1e9);
    if (!world.root()) return ExitStatus::right;
    if (made) std::filesystem::remove(path);
    fmt::print("bare ping-pong, {} B there, {} B back   {:6.2f} us\n", block_bytes, result_bytes,
               median(bare) * 1e6);
    fmt::print("farm, a block of the same sizes        {:6.2f} us   {:.2f} of the bare one (medians of {})\n",
               median(farm) * 1e6, median(ratio), rounds);
    fmt::print("rank 0 hands out 1 MiB blocks at       {:6.2f} GB/s ({:.2f} to {:.2f})\n", median(rate),
               quantile(rate, 0), quantile(rate, 1));
    return ExitStatus::right;
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("farm", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
