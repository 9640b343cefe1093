#!/usr/bin/env bash
# The test cluster itself: its nodes are apart, can be switched off and on, and nothing of it stays; neither of one
# whose test was killed. Without namespaces and root it does what it can.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/cluster_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"

daemons_of() { grep -laszF "$1" /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true; }
# What a cluster might leave on this machine; what others do meanwhile is not looked at.
traces() {
    ip -oneline link 2>/dev/null | grep -oE '(to|near|far)-node[0-9]+' || true
    cut -d' ' -f5 /proc/self/mountinfo | grep -E 'pacer-slurm|^/(proc|sys|dev/shm|etc/hosts)$' | sort
    for file in /run/munge /run/slurm* /var/spool/slurm* /var/log/slurm/* /sys/fs/cgroup/*/slurm*; do
        [[ ! -e $file ]] || stat --format='%n %Y' "$file"
    done
}
nobody_knows() { [[ -z $(daemons_of "$1") ]]; }
# gone FOLDER WHAT
gone() {
    [[ ! -e $1 ]] || fail "$2: $1 is still there"
    until_true 5 nobody_knows "$1" || fail "$2: processes are left: $(daemons_of "$1")"
}

before=$(traces)
# shellcheck disable=SC2119
start_cluster

if [[ -e $cluster/ports ]]; then
    without "the nodes have no namespaces here, so they are not tested for being apart"
else
    cat >"$scratch/look" <<'SH'
touch "/dev/shm/$(hostname)" && sleep 1 && echo $(hostname) $(ls /dev/shm) $(pgrep --count slurmd) $(hostname -i)
SH
    run on_login srun --nodes=3 --ntasks=3 --mpi=none bash "$scratch/look"
    expect 0 "a step on every node"
    [[ $(sort <<<"$out") == $'node1 node1 1 10.77.0.1\nnode2 node2 1 10.77.0.2\nnode3 node3 1 10.77.0.3' ]] ||
        fail "the nodes are not apart: $out"
    [[ $(hostname) != head && ! -e /dev/shm/node1 ]] || fail "the nodes are not apart from this machine"
    # A cable that is 0.2 s long each way: a connection takes twice that, at least. Then a good one again.
    cat >"$scratch/connect" <<'PY'
import socket, sys, time
start = time.monotonic()
socket.create_connection((sys.argv[1], 6818)).close()
print(int(1000 * (time.monotonic() - start)))
PY
    "$cluster_sh" link "$cluster" node1 0.2
    milliseconds=$(on_login python3 "$scratch/connect" 10.77.0.1)
    ((milliseconds >= 400)) || fail "a slow cable connects in $milliseconds ms"
    read -r relay _ <"$cluster/node1/relay"
    "$cluster_sh" link "$cluster" node1
    [[ $(cat "/proc/$relay/cmdline" 2>/dev/null) != *relay.py* ]] || fail "the relay stays"
    run timeout 60 "$cluster_sh" run "$cluster" srun --nodelist=node1 --mpi=none hostname
    [[ $out == node1 ]] || fail "no way to node1 after its cable was good again: $err"
    run "$cluster_sh" off "$cluster" node2
    expect 0 off
    run timeout 60 "$cluster_sh" run "$cluster" srun --immediate=5 --nodelist=node2 --mpi=none hostname
    [[ $status -ne 0 ]] || fail "a node that is off runs a job"
    run "$cluster_sh" on "$cluster" node2
    expect 0 on
    run timeout 120 "$cluster_sh" run "$cluster" srun --nodelist=node2 --mpi=none hostname
    expect 0 "a node that was off and is on"
    [[ $out == node2 ]] || fail "not on node2: $out"
fi
[[ $(traces) == "$before" ]] || fail "a running cluster shows outside: $(diff <(echo "$before") <(traces))"

# Another cluster beside it, whose test gets killed in the middle of a job: the next one clears it away.
cat >"$scratch/killed" <<'SH'
folder=$("$1" up --nodes 1 --owner "$$")
echo "$folder" >"$2"
exec "$1" run "$folder" srun --mpi=none sleep 1000
SH
setsid bash "$scratch/killed" "$cluster_sh" "$scratch/folder" 2>/dev/null &
killed=$!
until_true 60 test -s "$scratch/folder"
orphan=$(<"$scratch/folder")
# has_a_job FOLDER: one of its jobs sleeps.
has_a_job() {
    local pid
    for pid in $(pgrep -x sleep); do ! grep -qsz "^SLURM_CONF=$1/" "/proc/$pid/environ" || return 0; done
    return 1
}
until_true 30 has_a_job "$orphan" || fail "no job runs on the other cluster"
{ kill -KILL -- "-$killed" && wait "$killed"; } 2>/dev/null || true
[[ -d $orphan ]] || fail "the killed test's cluster is gone by itself"
next=$("$cluster_sh" up --nodes 1 --owner "$$" 2>"$scratch/stderr")
says err "removing $orphan, whose owner is gone" "the next cluster"
gone "$orphan" "a killed test's cluster"
on_login srun --mpi=none true || fail "the cluster does not survive that another one is removed"
"$cluster_sh" down "$next"
gone "$next" "the next cluster"

# With ports: as here, and as somebody who may do nothing else.
ports() { # ports WHAT COMMAND...
    local what=$1 folder
    shift
    if ! folder=$("$@" "$cluster_sh" up --ports --nodes 2 2>"$scratch/stderr"); then
        fail "$what: $(<"$scratch/stderr")"
        return
    fi
    run "$@" "$cluster_sh" run "$folder" srun --nodes=2 --mpi=none printenv SLURMD_NODENAME
    [[ $(sort <<<"$out") == $'node1\nnode2' ]] || fail "$what: no step on two nodes: $out $err"
    if "$@" test -x "$PACER_BIN/reduce"; then
        run "$@" env OMPI_MCA_osc=^ucx SLURM_PMIX_FENCE=ring "$cluster_sh" run "$folder" \
            srun --chdir=/ --nodes=2 --ntasks=4 "$PACER_BIN/reduce" -n 1000 --repeats 2 --no-limits --no-dump --variants mpi
        expect 0 "$what: MPI"
        says out "4 ranks" "$what: MPI"
    fi
    run "$@" "$cluster_sh" off "$folder" node1
    expect 2 "$what: off"
    "$@" "$cluster_sh" run "$folder" sbatch --output=/dev/null --wrap="sleep 1000" >/dev/null
    if [[ $what == ports ]]; then # nobody is left whom Slurm could tell to end the job
        until_true 30 has_a_job "$folder" || fail "$what: the job does not start"
        kill -KILL "$(<"$folder/node1/slurmd.pid")" "$(<"$folder/node2/slurmd.pid")"
    fi
    "$@" "$cluster_sh" down "$folder"
    gone "$folder" "$what"
}
ports "ports"
if (($(id -u) == 0)) && setpriv --reuid=65534 --regid=65534 --clear-groups test -r "$cluster_sh"; then
    ports "ports as an ordinary user" setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent
else
    without "the cluster of an ordinary user, who cannot read $cluster_sh"
fi

folder=$cluster
"$cluster_sh" down "$cluster"
cluster=
gone "$folder" down
[[ $(traces) == "$before" ]] || fail "something stays: $(diff <(echo "$before") <(traces))"

# Where there is no Slurm the reason is told.
if (($(id -u) == 0)) && unshare --mount true 2>/dev/null; then
    # shellcheck disable=SC2016 # the inner shell expands
    run unshare --mount bash -c 'mount --bind /dev/null "$(command -v slurmctld)" && "$0" up' "$cluster_sh"
    expect 77 "no Slurm"
    says err "not installed: slurmctld" "no Slurm"
fi

finish
