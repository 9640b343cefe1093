// What a launch leaves: its report on stdout, its dump on disk, its exit status.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/say.hpp"
#include "common/launch/session.hpp"
#include "io/dump/early_dump.hpp"

namespace pacer {

// What an app has to say after its report, made by `text` on rank 0: printed where the report is a table.
// Collective; throws UsageError.
void print_after_table(const Session& session, const std::function<std::string()>& text);

class Output {
  public:
    // Makes sure, before the run, that the dump can be written. Collective; throws UsageError.
    Output(const Team& world, const Options& options, const std::string& app);

    // Writes the dump and the report; the same status on every rank. Collective; throws UsageError, after the
    // report, if the dump could not be written.
    ExitStatus deliver(Session& session) const;

  private:
    std::string hdf5_version_;
    std::unique_ptr<EarlyDump> dump_;  // rank 0, if one is wanted
};

}  // namespace pacer
