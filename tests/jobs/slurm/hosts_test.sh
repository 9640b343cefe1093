#!/usr/bin/env bash
# All apps between hosts: nodes with a network each, whose clocks are hours apart, by mpirun over TCP; then with one node
# behind a slow cable. Answers must be right, times positive and of the launch, and every host known by its name.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/hosts_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"

start_cluster --nodes 2 --clocks

# The stage is what it claims to be.
for node in node1 node2; do
    uptime[${node#node}]=$(on_login srun --nodes=1 --nodelist=$node --mpi=none cut -d. -f1 /proc/uptime)
done
((uptime[2] - uptime[1] > 3600)) || fail "the clocks are not hours apart: ${uptime[*]}"

# launched DUMP ARGUMENT...: an app on both nodes, whose dump is right.
launched() {
    local dump=$1
    shift
    what="$1 ($link)"
    run on_login salloc --quiet --nodes=2 --ntasks-per-node=$((ranks / 2)) --immediate=60 \
        mpirun --map-by node -np "$ranks" "$PACER_BIN/$1" "${@:2}" --dump "$dump"
    expect 0 "$what"
    launches_in "$dump" 1
    [[ $(facts "$dump" hosts) == "node1:$((ranks / 2)),node2:$((ranks / 2))" ]] || fail "$what: hosts $(facts "$dump" hosts)"
    /usr/bin/python3 - "$dump" <<'PY' || fail "$what: times of another clock"
import sys, h5py
dump = h5py.File(sys.argv[1], "r")
budget = dump["launches"][0]["seconds"]
for table, columns in {"repeats": ["seconds", "start_skew_seconds"], "rank_seconds": ["seconds"], "calls": ["seconds"]}.items():
    for column in columns:
        values = dump[table][column]
        wrong = [value for value in values if not (value != value or -1e-3 <= value <= budget)]
        if wrong:
            sys.exit(f"{table}.{column}: {wrong[:3]} in a launch of {budget} s")
PY
}

all_apps() {
    launched "$link-reduce.h5" reduce -n 1e6 --repeats 2 --no-limits
    launched "$link-race.h5" race -n 500 --repeats 2 --no-limits
    launched "$link-queues.h5" queues -n 100 --repeats 2 --no-limits
    launched "$link-memory.h5" memory -n 1e5 --repeats 2 --no-limits
    launched "$link-overhead.h5" overhead --repeats 2 --no-limits
    launched "$link-storage.h5" storage -n 64Ki --block 4Ki --files 20 --repeats 2 --no-limits
    launched "$link-syntax.h5" syntax -n 1000 --repeats 2 --no-limits
    launched "$link-fileio.h5" fileio -n 200 --calculation wait:100us --repeats 2 --no-limits
}

ranks=4 link=good
all_apps
"$cluster_sh" link "$cluster" node2 0.002 20e6
ranks=2 link=slow
all_apps
finish
