// Options that several commands have: which launches, and in what form.
#pragma once

#include <string>
#include <vector>

#include "common/launch/arguments.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

struct Input {
    std::vector<std::string> files, only;  // see select()
    bool dedupe = false;
};
// `files` is what --help says of them.
void add_input(Arguments& command, Input& input, const std::string& files);
void add_only(Arguments& command, std::vector<std::string>& only);
void add_dedupe(Arguments& command, bool& dedupe);

struct Output {
    std::string format = "table", file;

    bool is(Format wanted) const;
    bool for_people() const;  // who want fewer rows than programs
};
// --format, with `more` forms than a document has, and -o.
void add_output(Arguments& command, Output& output, const std::vector<std::string>& more = {});

// Prints or saves it, but not into one of the files that were read. Throws UsageError.
void deliver(const std::string& text, const Output& output, const std::vector<std::string>& files);
void deliver(const Document& document, const Output& output, const std::vector<std::string>& files);

}  // namespace pacer::timings
