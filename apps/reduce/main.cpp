// reduce: the sum of 0 .. n-1 in several ways, each timed, verified, and compared with the machine's limit.
#include "apps/reduce/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::reduce::App>(argc, argv);
}
