// timings: reads the timing dumps that the apps write.
#include "apps/timings/commands/commands.hpp"
#include "common/base/say.hpp"

int main(int argc, char** argv) {
    try {
        return static_cast<int>(pacer::timings::run_command(argc, argv));
    } catch (const std::exception& error) {
        pacer::say("timings: {}\n", error.what());
        return static_cast<int>(pacer::ExitStatus::usage);
    }
}
