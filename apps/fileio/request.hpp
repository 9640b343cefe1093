// What fileio may be asked for on its command line.
#pragma once

#include <string>

#include "apps/fileio/delivery/deliver.hpp"
#include "apps/fileio/input.hpp"
#include "common/launch/options.hpp"

namespace pacer::fileio {

struct Request {
    Settings settings;
    Delivery delivery;
    std::string make_input;  // file to write and no more
};

// The request must outlive the line.
void add_options(CommandLine& line, Request& request);

// Throws UsageError for what contradicts itself, or has no meaning in this kind of run.
void refuse_unusable(const CommandLine& line, const Request& request);

}  // namespace pacer::fileio
