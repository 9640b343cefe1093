// queues: tasks handed to workers in several ways, each timed, verified, and compared with the best schedule
// there can be.
#include "apps/queues/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::queues::App>(argc, argv);
}
