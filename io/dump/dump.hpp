// Timing dumps: writing launches to HDF5 and reading them back.
//
//     /                        attributes format = "pacer-timings", format_version = 1, written_by
//     /launch/<launch id>/     a group a launch; its attributes are the circumstances, in order
//         placement            table, a row a rank: rank, host, pid, cpus_allowed, threads, thread_cpus
//         warnings             strings, as printed
//         case/<0000>/         a group a case, in the order run; attributes app, variant, uses, promise,
//         ranks,
//                              threads, work_items, work_bytes, work_operations, work_operation,
//                              limit_seconds, limit_derived, first_seconds, converged, batch, checked,
//                              failed, got, want, tolerance, not_run, baseline
//             parameters/      its attributes are the problem parameters under their options' names; a group
//                              so that no option's name collides with an attribute above
//             seconds          float64 [repeats x ranks], in the order run: from when the first rank of its
//                              node started until this rank ended; a repeat took its row's maximum
//             round            int32 [repeats]
//             shares           table, a row a rank: rank, threads, work_items, partial_result
//             observed/NAME    float64 [repeats x 1]: a number that came with each repeat, lost_updates say
//
//     /index/                  of dumps with several launches: what is compared, once more and in one piece,
//                              as opening 20000 cases one by one takes seconds; sorted by launch and case
//         cases                table, a row a case: launch, app, variant, uses, promise, ranks, threads,
//                              batch, checked, failed, not_run, parameters, repeats
//         seconds              float64 [samples x 1]: those of all cases, one after the other
//
// Whoever reads all of a dump finds out if the index says otherwise than the launches, which refuses the
// dump. A dataset without elements is left out, so is the group observed/ without members. Numbers are
// float64 or int64, strings of fixed length (UTF-8), cut with "..." beyond 60000 bytes in attributes; got,
// want, tolerance and partial_result are decimal strings. Dumps of version 0.1.0 may lack baseline: serial.
//
// HDF5's own checksums miss some damage (a block of zeros passes as data). So the HDF5 file is followed by
// one line, which HDF5 programs ignore: "\npacer-fnv1a64 <16 hex digits>\n", the 64-bit FNV-1a hash of all
// bytes before it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

inline constexpr int dump_format_version = 1;

// The dump asked for by the options. Checked before the run, written after it; rank 0 only.
class DumpFile {
  public:
    // `path` as given by the user, or empty for the default name <app>-<UTC time>-np<ranks>.h5 in this
    // folder. Throws UsageError if the file exists and `force` is false, or if no file can be made there.
    DumpFile(std::string path, bool force, const std::string& app, int ranks);

    // Writes a .part file beside the target, flushes it to disk and renames it: a reader sees a whole file or
    // none. Returns the path written. A target that appeared during the run is not overwritten unless forced:
    // the dump then gets the next free name, NAME-2.h5, so that nothing is lost. Throws UsageError (disk
    // full, ...); the unfinished .part file is then removed.
    std::string write(std::span<const Launch> launches) const;
    std::string write(const Launch& launch) const { return write(std::span(&launch, 1)); }

    // Once more, in the place of the one written before.
    void rewrite(const std::string& written, const Launch& launch) const;

  private:
    std::string path_;
    bool force_;
};

// How much of each case to read. `times`: what a comparison wants, that is key, verdict's counts, batch,
// why it was not run, seconds (of rounds only their number); the rest may be missing.
enum class Detail { all, times };

// All launches in a file, at least one, in the order of their ids. Throws UsageError naming the file if it is
// missing, cut, damaged, not a dump, or of a newer format version.
std::vector<Launch> read_dump(const std::string& path, Detail detail = Detail::all);

}  // namespace pacer
