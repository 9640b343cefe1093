// Options that several commands share: which launches, and in what format.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/monitoring.hpp"
#include "common/launch/arguments.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

struct Input {
    std::vector<std::string> files, only;  // see select()
    bool dedupe = false;
};
// `files` is their description in --help.
void add_input(Arguments& command, Input& input, const std::string& files);
void add_only(Arguments& command, std::vector<std::string>& only);
void add_dedupe(Arguments& command, bool& dedupe);

struct Output {
    std::string format = "table", file;

    bool is(Format wanted) const;
    bool for_people() const;  // they want fewer rows than programs do
};
// --format, with `more` formats than a document has, and -o.
void add_output(Arguments& command, Output& output, const std::vector<std::string>& more = {});

// Prints it, or saves it, but never over one of the files that were read. Throws UsageError.
void deliver(const std::string& text, const Output& output, const std::vector<std::string>& files);
void deliver(const Document& document, const Output& output, const std::vector<std::string>& files);

// The formats of findings besides those of their document, and either of them, as asked for.
inline const std::vector<std::string> monitoring_formats = {"junit", "prometheus"};
void deliver(const Document& document, const Findings& findings, const Output& output,
             const std::vector<std::string>& files);

}  // namespace pacer::timings
