// Facts of this host, read from the kernel's files. For environment.cpp and watch.cpp.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/facts.hpp"
#include "common/machine/topology.hpp"

namespace pacer {

// At most this many bytes from the beginning of a file, none if it cannot be read.
std::string text_of(const std::filesystem::path& path, std::size_t most = 16384);

// cpu_model, cores, hardware_threads, l1d_bytes, l2_bytes, l3_bytes (of one cache, as a core of this process
// sees it), memory_bytes, numa_nodes, governor, transparent_huge_pages, container. `root` is where proc/ and
// sys/ are found. A text that cannot be read is "unknown", a number that cannot be read is left out.
Facts host_facts(const Topology& machine, const std::filesystem::path& root = "/");

// The settings among the facts that let a core's speed depend on what else is going on; empty if there are
// none.
std::string unsteady_clock_rate(const Facts& facts);

}  // namespace pacer
