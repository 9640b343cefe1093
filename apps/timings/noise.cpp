#include "apps/timings/commands.hpp"

namespace pacer::timings {

Run add_noise(CLI::App&) {
    return [] { return ExitStatus::usage; };
}

}  // namespace pacer::timings
