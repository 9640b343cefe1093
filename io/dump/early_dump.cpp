#include "io/dump/early_dump.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <exception>
#include <system_error>
#include <utility>

#include "common/measure/safekeeping.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/team.hpp"
#include "io/hdf5/hdf5.hpp"

namespace pacer {

std::string hdf5_version() {
    return hdf5::library_version();
}

// Without descriptors or threads left there is no early dump, and a launch all the same.
EarlyDump::EarlyDump(DumpFile dump) : dump_(std::move(dump)), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (wake_ < 0) return;
    try {
        thread_ = std::thread([this] { wait(); });
    } catch (const std::system_error&) {
    }
}

EarlyDump::~EarlyDump() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    if (thread_.joinable()) thread_.join();
    if (wake_ >= 0) close(wake_);
}

std::string EarlyDump::write(const Launch& launch) {
    const std::lock_guard lock(writing_);
    done_ = true;
    if (written_.empty()) return dump_.write(launch);
    dump_.rewrite(written_, launch);
    return written_;
}

// The thread.
void EarlyDump::wait() {
    constexpr int patience_milliseconds = 200;  // with the main thread
    std::array<pollfd, 2> events = {{{wake_, POLLIN, 0}, {stop_event(), POLLIN, 0}}};
    while (poll(events.data(), events.size(), -1) < 0) continue;
    if (events[0].revents != 0 || poll(events.data(), 1, patience_milliseconds) > 0) return;
    const std::lock_guard lock(writing_);
    auto launch = safekeeping::latest();
    if (done_ || !launch || launch_failed()) return;
    launch->doubts.push_back({"stopped", -1, "", 0});
    for (auto& record : launch->records) {
        if (record.stopped_by == StoppedBy::unknown && record.repeats() > 0)
            record.stopped_by = StoppedBy::signal;
    }
    try {
        written_ = dump_.write(*launch);
    } catch (const std::exception&) {  // the main thread will say why, if it comes to that
    }
}

}  // namespace pacer
