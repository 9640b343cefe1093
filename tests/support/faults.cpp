// Makes a program meet what is seldom seen: to be preloaded, with the name of the fault in FAULT.
#include <dlfcn.h>
#include <fcntl.h>
#include <mpi.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

bool is(std::string_view fault) {
    const char* const wanted = std::getenv("FAULT");
    return wanted != nullptr && fault == wanted;
}

[[noreturn]] void give_up(std::string_view why) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, why.data(), why.size());
    _exit(99);
}

bool initialised = false;
pid_t main_thread = 0;

}  // namespace

extern "C" {

// A clock that goes by steps.
int clock_gettime(clockid_t id, timespec* time) {
    const auto status = static_cast<int>(syscall(SYS_clock_gettime, id, time));
    constexpr long step_nanoseconds = 4'000'000;
    if (id == CLOCK_MONOTONIC && is("coarse clock")) time->tv_nsec -= time->tv_nsec % step_nanoseconds;
    return status;
}

// A kernel for more CPUs than a cpu_set_t has.
int sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t* set) noexcept {
    if (is("many cpus") && bytes < 256) {
        errno = EINVAL;
        return -1;
    }
    std::memset(set, 0, bytes);
    return syscall(SYS_sched_getaffinity, pid, bytes, set) < 0 ? -1 : 0;
}

// An MPI that knows of no threads.
int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
    const int status = PMPI_Init_thread(argc, argv, is("single") ? MPI_THREAD_SINGLE : required, provided);
    if (is("single")) *provided = MPI_THREAD_SINGLE;
    initialised = true;
    main_thread = getpid();
    return status;
}

int MPI_Abort(MPI_Comm comm, int status) {
    if (gettid() != main_thread) give_up("MPI_Abort by another thread than the main one\n");
    return PMPI_Abort(comm, status);
}

// An MPI that does not end.
int MPI_Finalize() {
    while (is("finalize")) pause();
    return PMPI_Finalize();
}

// A network's memory that is registered with it.
pid_t fork() noexcept {
    if (initialised && getpid() == main_thread && is("fork")) give_up("fork in a process of MPI\n");
    static const auto real = reinterpret_cast<pid_t (*)()>(dlsym(RTLD_NEXT, "fork"));
    return real();
}

// An MPI whose C++ types are none.
int MPI_Allreduce(const void* mine, void* all, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
    if (type == MPI_CXX_BOOL) type = MPI_DATATYPE_NULL;
    return PMPI_Allreduce(mine, all, count, type, op, comm);
}

// An MPI without one-sided communication.
int MPI_Win_allocate(MPI_Aint bytes, int unit, MPI_Info info, MPI_Comm comm, void* memory, MPI_Win* window) {
    return is("windows") ? MPI_ERR_OTHER : PMPI_Win_allocate(bytes, unit, info, comm, memory, window);
}
int MPI_Win_allocate_shared(MPI_Aint bytes, int unit, MPI_Info info, MPI_Comm comm, void* memory,
                            MPI_Win* window) {
    return is("windows") ? MPI_ERR_OTHER : PMPI_Win_allocate_shared(bytes, unit, info, comm, memory, window);
}
int MPI_Win_create(void* memory, MPI_Aint bytes, int unit, MPI_Info info, MPI_Comm comm, MPI_Win* window) {
    return is("windows") ? MPI_ERR_OTHER : PMPI_Win_create(memory, bytes, unit, info, comm, window);
}
}
