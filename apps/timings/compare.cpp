#include "apps/timings/commands.hpp"

namespace pacer::timings {

Run add_compare(CLI::App&) {
    return [] { return ExitStatus::usage; };
}

}  // namespace pacer::timings
