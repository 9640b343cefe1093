// The facts of a launch as two sides of a comparison are told apart by them.
#pragma once

#include <string>
#include <string_view>

#include "common/measure/record.hpp"

namespace pacer::timings {

// The hosts of a launch, sorted, without the numbers of ranks: "node1,node2"; empty if they are not known.
std::string hosts_of(const Launch& launch);

// All facts as text. Each variable of the environment is one of them, "environment OMP_NUM_THREADS" say; a
// fact that the nodes of the launch differ in has all values: "0x1 on node1, node3; 0x2 on node2".
Facts told_apart(const Launch& launch);

// "compiler: a -> b"; of a list, such as modules, what is new or gone: "kernel_modules: without a; with b".
std::string change_of(std::string_view name, std::string_view before, std::string_view after);

}  // namespace pacer::timings
