#include "apps/timings/commands.hpp"

namespace pacer::timings {

Run add_scaling(CLI::App&) {
    return [] { return ExitStatus::usage; };
}

}  // namespace pacer::timings
