#!/usr/bin/env bash
# jobs/network.slurm on four nodes below two switches: a node behind a slow cable is named, and without it none is.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/network_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"

start_cluster --nodes 4 --switches
[[ ! -e $cluster/ports ]] || { echo "skipped: nodes without namespaces have no cables" && exit 77; }

# What nodes that share their cores differ by is no matter; the cable that is made slow makes it ten times that.
export MARGIN=2
eight_launches() { LAUNCHES=8 submit --nodes=4 --ntasks-per-node=1 jobs/network.slurm -n 8192; }

# topology_of DUMP: what the nodes of each launch know of the switches above them.
topology_of() {
    /usr/bin/python3 - "$1" <<'PY'
import sys, h5py
facts = h5py.File(sys.argv[1], "r")["facts"]
text = lambda value: value.decode() if isinstance(value, bytes) else value
print(*sorted({text(row["text"]) for row in facts if text(row["name"]) == "slurm_topology" and text(row["host"])}))
PY
}
# knows_all DUMP LAUNCHES
knows_all() {
    launches_in "$1" "$2"
    [[ $(facts "$1" hosts) == "node1:1,node2:1,node3:1,node4:1" ]] || fail "$what: hosts $(facts "$1" hosts)"
    [[ $(topology_of "$1") == "s0.s1.node1 s0.s1.node2 s0.s2.node3 s0.s2.node4" ]] ||
        fail "$what: switches $(topology_of "$1")"
}

# Noise may leave it open, but names nobody.
good=$(eight_launches)
what="job $good, a good network"
until_true 480 has_ended "$good" || fail "$what: does not end"
[[ $(about "$good" ExitCode) =~ ^[03]:0$ ]] || fail "$what: $(about "$good" ExitCode): $(log_of "$good")"
log_of "$good" >"$scratch/stdout"
prints "4 nodes, 6 links: none slower or wrong"
! grep -q SLOWER "$scratch/stdout" || fail "$what: names somebody: $(log_of "$good")"
knows_all "jobs/runs/network-$good.h5" 8

"$cluster_sh" link "$cluster" node2 0.003 10e6
slow=$(eight_launches)
ended "$slow" FAILED 1 "a node behind a slow cable" 480
grep -qE '^node node2 is SLOWER than its peers: overhead/' <<<"$log" || fail "$what: does not name it: $log"
prints "4 nodes, 6 links: 1 slower or wrong"
knows_all "jobs/runs/network-$slow.h5" 8

# Under mpirun every node knows its own place, too. Of three nodes one cannot be named.
three=$(LAUNCHES=1 PACER_LAUNCHER=mpirun submit --nodes=3 --ntasks-per-node=1 jobs/network.slurm -n 8192)
ended "$three" FAILED 3 "three nodes under mpirun"
prints "With 3 nodes a slow one cannot be told from slow links to it: take 4 or more."
[[ $(topology_of "jobs/runs/network-$three.h5") =~ ^s0\.s.\.node.\ s0\.s.\.node.\ s0\.s.\.node.$ ]] ||
    fail "$what: switches $(topology_of "jobs/runs/network-$three.h5")"

refused=$(submit --nodes=2 --ntasks-per-node=1 jobs/network.slurm -n 1)
ended "$refused" FAILED 2 "messages that are too short"
prints "at least 1024 elements"

finish
