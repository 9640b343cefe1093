// Prints how many cores a launch of one process may use here, as the programs see it: PACER_TOPOLOGY and
// quotas included.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/placement/host.hpp"

int main() {
    const auto& here = pacer::machine();
    const auto cores = static_cast<double>(here.cores_of(here.cpus).size());
    const double usable = here.quota > 0 ? std::min(cores, std::ceil(here.quota)) : cores;
    fmt::print("{:.0f}\n", usable);
}
