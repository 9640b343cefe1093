// Runs GoogleTest on every rank of a launch.
#include <gtest/gtest.h>

#include "common/launch/launch.hpp"
#include "tests/support/mpi_world.hpp"

namespace {

const pacer::Team* of_launch = nullptr;

}  // namespace

const pacer::Team& pacer::world() {
    return *of_launch;
}

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    return pacer::launch("test", argc, argv, [](const pacer::Team& world) {
        of_launch = &world;
        return RUN_ALL_TESTS() == 0 ? pacer::ExitStatus::right : pacer::ExitStatus::wrong;
    });
}
