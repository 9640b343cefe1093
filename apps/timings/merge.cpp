#include "apps/timings/commands.hpp"

namespace pacer::timings {

Run add_merge(CLI::App&) {
    return [] { return ExitStatus::usage; };
}

}  // namespace pacer::timings
