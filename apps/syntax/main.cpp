// syntax: what idioms of C++ cost, each timed against others that do the same, verified, and summed up.
#include "apps/syntax/app.hpp"

int main(int argc, char** argv) {
    return pacer::run_app<pacer::syntax::App>(argc, argv);
}
