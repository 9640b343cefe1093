// race: n increments of a shared counter, racy and cured in several ways, each timed, checked and priced.
#include "apps/race/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::race::App>(argc, argv);
}
