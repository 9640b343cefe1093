#include "apps/timings/commands/options.hpp"

#include <unistd.h>

#include <cstdlib>

#include "apps/timings/output.hpp"

namespace pacer::timings {

namespace {

bool wants_colours(const Output& output) {
    const char* refused = std::getenv("NO_COLOR");
    return output.file.empty() && isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

}  // namespace

void add_input(Arguments& command, Input& input, const std::string& files) {
    command.add_words("FILE", input.files, files).required();
    add_only(command, input.only);
    add_dedupe(command, input.dedupe);
}

void add_only(Arguments& command, std::vector<std::string>& only) {
    command.add_list("--only", only, "Only these cases, separated by commas: APP/VARIANT, APP or /VARIANT");
}

void add_dedupe(Arguments& command, bool& dedupe) {
    command.add_flag("--dedupe", dedupe, "Count a launch that is in several files once");
}

bool Output::is(Format wanted) const {
    const auto found = formats().find(format);
    return found != formats().end() && found->second == wanted;
}

bool Output::for_people() const {
    return is(Format::table) || is(Format::markdown) || is(Format::html);
}

void add_output(Arguments& command, Output& output, const std::vector<std::string>& more) {
    std::vector<std::string> names = {"table", "csv", "json", "markdown", "html"};
    names.insert(names.end(), more.begin(), more.end());
    command.add_text("--format", output.format, "Output format").one_of(names);
    command.add_text("-o,--output", output.file, "File to write, overwritten if it exists [standard output]")
        .names_file();
}

void deliver(const std::string& text, const Output& output, const std::vector<std::string>& files) {
    protect(files, output.file);
    if (output.file.empty()) {
        print(text);
    } else {
        save(text, output.file);
    }
}

void deliver(const Document& document, const Output& output, const std::vector<std::string>& files) {
    deliver(document.as(formats().at(output.format), wants_colours(output)), output, files);
}

void deliver(const Document& document, const Findings& findings, const Output& output,
             const std::vector<std::string>& files) {
    if (output.format == "junit") return deliver(junit(findings), output, files);
    if (output.format == "prometheus") return deliver(prometheus(findings), output, files);
    deliver(document, output, files);
}

}  // namespace pacer::timings
