#!/usr/bin/env bash
# Whether a shared counter gives tickets while rank 0 computes is tried, and said. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

cd "$scratch"
words='a ticket from the shared counter came only when rank 0 called MPI'

draw() { # draw RANKS COMPONENTS: a launch whose variant draws from a counter, with these components for windows
    run env OMPI_MCA_osc="$2" timeout 60 mpirun -np "$1" "$BIN/queues" --no-limits --repeats 2 -n 20 --steps 100 \
        --no-dump --variants counter
    expect 0 "$1 ranks, osc $2"
}

[[ $(mpirun --version) == *'Open MPI'* ]] || { without 'the components of windows are those of Open MPI' && finish; }

# Over messages rank 0 has to answer; in shared memory it need not.
for ranks in 2 3; do
    draw "$ranks" pt2pt
    says out "$words" "$ranks ranks, messages"
    draw "$ranks" sm
    ! grep -qF "$words" "$scratch/stdout" || fail "$ranks ranks, shared memory: $out"
done
draw 1 pt2pt
! grep -qF "$words" "$scratch/stdout" || fail "one rank: $out"

finish
