// What this program was built from and how. Facts that could not be told are "unknown".
#pragma once

#include <string_view>

namespace pacer {

std::string_view version();  // Pacer's: "0.1.0"

struct BuildInfo {
    std::string_view version;         // "0.1.0"
    std::string_view commit;          // 40 hex digits
    std::string_view tree;            // "clean", or "modified": the sources differ from the commit
    std::string_view build_type;      // "Release"
    std::string_view compiler;        // "GNU 12.2.0"
    std::string_view compiler_flags;  // "-O3 -DNDEBUG -fopenmp"
};

// How Pacer and the programs that come with it were built.
const BuildInfo& pacer_build();

// How this program, which may be another project's, was built; pacer_build() unless it was set.
const BuildInfo& build_info();
void set_build_info(const BuildInfo& info);
bool of_another_project();  // it was set, and not to pacer_build()

}  // namespace pacer
