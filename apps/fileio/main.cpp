// fileio: a calculation applied to every record of files, the work divided in several ways.
#include "apps/fileio/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::fileio::App>(argc, argv);
}
