// What a variant occupies, and with how many threads.
#pragma once

namespace pacer {

enum class Uses { core, threads, ranks, both };  // the first two use one process

constexpr bool uses_ranks(Uses uses) {
    return uses == Uses::ranks || uses == Uses::both;
}
constexpr bool uses_threads(Uses uses) {
    return uses == Uses::threads || uses == Uses::both;
}

struct Threads {
    int process = 1;  // of a one-process variant, on rank 0
    int hybrid = 1;   // of each rank of a hybrid variant
    bool from_environment = false;
};

// Threads of each rank of a variant of that kind.
constexpr int threads_for(const Threads& threads, Uses uses) {
    if (!uses_threads(uses)) return 1;
    return uses == Uses::threads ? threads.process : threads.hybrid;
}

}  // namespace pacer
