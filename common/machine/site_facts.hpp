// Facts that a script of the site tells of a host: PACER_FACTS names it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/facts.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// If PACER_FACTS is set, what lets site_facts() start the script. To be called before MPI_Init.
void begin_site_facts();

// site_NAME for each line "NAME=value" that the script prints, on the first rank of each node, which runs it
// for that long at most; empty elsewhere, and if PACER_FACTS is not set. A script that fails tells nothing;
// rank 0 says once what is wrong, and the launch goes on. Collective, and to be called once.
Facts site_facts(const Team& world, double patience_seconds = 10);

// The facts in what the script printed; into `wrong` a sentence on the first line that is none, if there is
// one. Names are of a-z, 0-9 and _, each there once; values are of 1000 bytes at most.
Facts site_facts_in(std::string_view text, std::string& wrong);

}  // namespace pacer
