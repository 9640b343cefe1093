// Dumps of format 1, which Pacer wrote up to version 0.2.0; they are read for good.
//
//     /launch/<launch id>/     a group a launch; its attributes are the environment, in order
//         placement            table, a row a rank: rank, host, pid, cpus_allowed, threads, thread_cpus
//         warnings             strings, as printed
//         case/<0000>/         a group a case, in the order run; attributes app, variant, uses, promise,
//         ranks,
//                              threads, work_items, work_bytes, work_operations, work_operation,
//                              limit_seconds, limit_derived, first_seconds, converged, batch, checked,
//                              failed, got, want, tolerance, not_run, baseline (missing in 0.1.0: serial)
//             parameters/      its attributes are the problem parameters
//             seconds          float64 [repeats x ranks], in the order run
//             round            int32 [repeats]
//             shares           table, a row a rank: rank, threads, work_items, partial_result
//             observed/NAME    float64 [repeats x 1]
//     /index/                  what is in the launches, once more
//
// The HDF5 file is followed by one line, "\npacer-fnv1a64 <16 hex digits>\n", the 64-bit FNV-1a hash of all
// bytes before it: any change of any byte is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/measure/record.hpp"
#include "io/hdf5/hdf5.hpp"

namespace pacer {

// The line that ends a dump whose HDF5 file is `bytes`.
std::string format_1_last_line(std::string_view bytes);

// Whether it ends with that line, so that no byte was changed.
bool is_whole_format_1(std::string_view image);

// Throws std::runtime_error, which completes "cannot read FILE: ".
std::vector<Launch> read_format_1(const hdf5::Group& root, std::string_view image);

}  // namespace pacer
