// overhead: what starting and joining workers and exchanging messages costs, and when it pays.
#include "apps/overhead/app.hpp"

int main(int argc, char** argv) {
    if (const auto role = pacer::overhead::role_of(argc, argv)) return role(argc, argv);
    return pacer::run_app<pacer::overhead::App>(argc, argv);
}
