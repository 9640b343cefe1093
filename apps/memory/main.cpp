// memory: what a node's memory gives, by how it is asked: in order or at random, for reading or for writing,
// from which level of the caches.
#include "apps/memory/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::memory::App>(argc, argv);
}
