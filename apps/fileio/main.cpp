// fileio: a calculation applied to every record of files, the work divided in several ways.
#include "apps/fileio/app.hpp"
#include "apps/fileio/calculation/program_starter.hpp"

int main(int argc, char** argv) {
    pacer::fileio::begin_program_starter(argc, argv);
    return pacer::run_app<pacer::fileio::App>(argc, argv);
}
