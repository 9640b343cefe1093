#include "apps/overhead/spawned_workers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "apps/overhead/piece.hpp"
#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/status.hpp"
#include "common/parallel/team.hpp"

namespace pacer::overhead {

SpawnedWorkers::SpawnedWorkers(const std::string& program, std::int64_t count)
    : returned_(static_cast<std::size_t>(count)) {
    std::string role = spawned_worker_role;
    std::array<char*, 2> arguments = {role.data(), nullptr};
    MPI_Info info = MPI_INFO_NULL;
    MPI_Info_create(&info);
    MPI_Info_set(info, "map_by",
                 "slot:OVERSUBSCRIBE");  // of Open MPI; others leave out what they do not know
    MPI_Info_set(info, "bind_to", "none");
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    const int error =
        MPI_Comm_spawn(program.c_str(), arguments.data(), mpi_count(static_cast<std::size_t>(count)), info, 0,
                       MPI_COMM_SELF, &workers_, MPI_ERRCODES_IGNORE);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
    MPI_Info_free(&info);
    if (error == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(error, text.data(), &length);
    // MPICH tells first what it is, then in lines of their own where it comes from.
    const std::string_view what(text.data());
    throw std::runtime_error(fmt::format("MPI_Comm_spawn: {}", what.substr(0, what.find_first_of(",\n"))));
}

std::int64_t SpawnedWorkers::join() {
    std::int64_t first = 0, sum = 0;
    MPI_Bcast(&first, 1, MPI_INT64_T, MPI_ROOT, workers_);
    MPI_Gather(nullptr, 0, MPI_INT64_T, returned_.data(), 2, MPI_INT64_T, MPI_ROOT, workers_);
    MPI_Comm_disconnect(&workers_);
    for (const auto& worker : returned_) sum += worker.result;
    return sum;
}

void SpawnedWorkers::wait_until_gone() const {
    constexpr double patience_seconds = 1;
    const double end = now_seconds() + patience_seconds;
    for (const auto& worker : returned_) {
        while (kill(static_cast<pid_t>(worker.pid), 0) == 0 && now_seconds() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

int be_spawned_worker(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm parent = MPI_COMM_NULL;
    MPI_Comm_get_parent(&parent);
    if (parent == MPI_COMM_NULL) {
        say("overhead: {} is for processes that overhead itself starts\n", spawned_worker_role);
        MPI_Finalize();
        return static_cast<int>(ExitStatus::usage);
    }
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::int64_t first = 0;
    MPI_Bcast(&first, 1, MPI_INT64_T, 0, parent);
    const SpawnedWorkers::Returned returned = {piece_of_work(first + rank), getpid()};
    MPI_Gather(&returned, 2, MPI_INT64_T, nullptr, 2, MPI_INT64_T, 0, parent);
    MPI_Comm_disconnect(&parent);
    MPI_Finalize();
    return static_cast<int>(ExitStatus::right);
}

}  // namespace pacer::overhead
