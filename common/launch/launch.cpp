#include "common/launch/launch.hpp"

#include <fcntl.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

#include "common/base/say.hpp"
#include "common/launch/finalize.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/site_facts.hpp"
#include "common/machine/topology.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/window.hpp"
#include "common/placement/host.hpp"
#include "common/placement/launcher.hpp"
#include "common/placement/placement.hpp"

namespace pacer {

namespace {

ExitStatus run_body(Team& world, std::string_view program,
                    const std::function<ExitStatus(const Team&)>& body) {
    heed_stop_signals(world, program);
    auto status = ExitStatus::wrong;
    try {
        share_topology(world);
        world.crowded = crowded(world);
        status = body(world);
    } catch (const UsageError& error) {
        nothing_to_stop();
        if (world.root()) say("{}: {}\n", program, error.what());
        Window::free_left();
        status = ExitStatus::usage;
    } catch (const std::bad_alloc&) {
        abort_launch(world, program,
                     address_space_left()
                         ? "not enough memory within the limit of ulimit -v: raise it, or use smaller sizes"
                         : "not enough memory: use smaller sizes");
    } catch (const std::exception& error) {
        abort_launch(world, program, error.what());
    } catch (...) {
        abort_launch(world, program, "an exception of unknown type");
    }
    nothing_to_stop();
    std::fflush(stdout);
    return status;
}

// One of several processes that MPI does not connect: it is refused, and one of them says why.
ExitStatus refuse_to_be_alone(std::string_view program, const Started& processes, std::string_view why) {
    if (processes.speaks()) say("{}: {}\n", program, why);
    return ExitStatus::usage;
}

// A standard stream that is closed would be whatever is opened next: input from, or output to, a stranger.
void open_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stream, F_GETFD) != -1) continue;
        [[maybe_unused]] const int null = open("/dev/null", O_RDWR);  // takes the lowest number: this one
    }
}

}  // namespace

int launch(std::string_view program, int argc, char** argv,
           const std::function<ExitStatus(const Team&)>& body, int thread_level) {
    open_standard_streams();
    // Before MPI_Init, which sets such variables itself.
    const auto library = mpi_library();
    const int tasks = srun_tasks();
    const auto processes = started(library, tasks, std::getenv);
    const auto why = why_alone(processes, library, std::getenv);
    if (without_pmi(tasks, library, mpi_folder(), std::getenv)) {
        if (!why.empty()) return static_cast<int>(refuse_to_be_alone(program, processes, why));
        unsetenv("SLURM_STEP_ID");  // or Open MPI, which may be alone, would insist on a PMI, and end
    }
    begin_site_facts();
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, thread_level, &provided);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that becomes too large is an error of write(), not a death
    omp_set_dynamic(0);             // who divides work by a number of threads is to get as many
    MPI_Comm everybody = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &everybody);
    auto world = make_team(everybody);
    if (world.root() && provided < std::min<int>(thread_level, MPI_THREAD_FUNNELED)) {
        say("{}: this MPI library does not support threads (MPI_THREAD_SINGLE), which some variants use: if "
            "they fail, choose another build of MPI\n",
            program);
    }
    const auto status = world.size == 1 && !why.empty() ? refuse_to_be_alone(program, processes, why)
                                                        : run_body(world, program, body);
    const bool speaks = world.node_root();
    MPI_Comm_free(&world.node);
    MPI_Comm_free(&world.comm);
    finalize(status, speaks, library);
    return static_cast<int>(status);
}

}  // namespace pacer
