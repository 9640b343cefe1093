// fileio: a calculation applied to every record of files, the work divided in several ways.
#include <algorithm>
#include <string_view>

#include "apps/fileio/app.hpp"
#include "common/base/program_starter.hpp"

int main(int argc, char** argv) {
    const auto names_a_program = [](std::string_view word) { return word.find("exec:") != word.npos; };
    if (std::any_of(argv, argv + argc, names_a_program)) pacer::begin_program_starter();
    return pacer::run_app<pacer::fileio::App>(argc, argv);
}
