#!/usr/bin/env bash
# storage.slurm on two nodes: each rank reads what another node has written, and a folder of one node alone is refused.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/storage_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
start_cluster --nodes 2
[[ ! -e $cluster/ports ]] || { echo "skipped: the nodes have no names of their own here, and are one to MPI" && exit 77; }

small=(-n 64Ki --block 4Ki --files 20 --repeats 3 --max-seconds 10 --no-limits)
two_nodes=(--nodes=2 --ntasks-per-node=2)
shared=$(submit "${two_nodes[@]}" jobs/storage.slurm "${small[@]}")
mpirun=$(PACER_LAUNCHER=mpirun submit "${two_nodes[@]}" --job-name=mpirun jobs/storage.slurm "${small[@]}" --problems read)
one=$(submit --nodes=1 --ntasks-per-node=2 --job-name=one jobs/storage.slurm "${small[@]}" --problems read)
local=$(submit "${two_nodes[@]}" --job-name=local jobs/storage.slurm "${small[@]}" --folder "$cluster/tmp")

# own_node DUMP VARIANT: percent of the data that was read on the node that had written it.
own_node() {
    "$timings" export "$1" --format json | /usr/bin/python3 -c '
import json, sys
records = json.load(sys.stdin)["launches"][0]["records"]
print(*{round(value) for record in records if record["variant"] == sys.argv[1]
                     for value in record["observed"]["own_node_percent"]})' "$2"
}

reads_elsewhere() { # reads_elsewhere DUMP
    local variant
    launches_in "$1" 1
    [[ $(facts "$1" hosts) == node1:2,node2:2 ]] || fail "$what: ran on $(facts "$1" hosts)"
    for variant in read_files read_shared; do
        [[ $(own_node "$1" "$variant") == 0 ]] || fail "$what: $variant reads what its own node wrote: $(own_node "$1" "$variant") %"
    done
    [[ $(own_node "$1" read) == 50 ]] || fail "$what: one rank reads of its own node $(own_node "$1" read) %, not half"
}
ended "$shared" COMPLETED 0 storage
reads_elsewhere "jobs/runs/storage-$shared.h5"
[[ -n $(facts "jobs/runs/storage-$shared.h5" storage_type) ]] || fail "$what: the dump does not know the file system"
ended "$mpirun" COMPLETED 0 "storage by mpirun"
reads_elsewhere "jobs/runs/mpirun-$mpirun.h5"
ended "$one" COMPLETED 0 "storage on one node"
[[ $(own_node "jobs/runs/one-$one.h5" read_files) == 100 ]] || fail "$what: another node than its only one"
ended "$local" FAILED 2 "a folder of one node"
prints "does not see $cluster/tmp/pacer-storage-"
prints "--folder names one that all nodes share"

left=$(find . "$cluster"/node*/tmp -name 'pacer-storage-*')
[[ -z $left ]] || fail "leaves $left"
finish
