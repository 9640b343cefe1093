// storage: how fast a file system writes and reads data, and makes, finds and removes files, for one rank and
// for all.
#include "apps/storage/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::storage::App>(argc, argv);
}
