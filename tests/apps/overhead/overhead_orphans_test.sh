#!/usr/bin/env bash
# Workers do not outlive the process that started them, however it ends: kill -9 is what it cannot prepare for.
# Usage: overhead_orphans_test.sh ORPHANS_PROGRAM
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

orphans=$1
overhead=$BIN/overhead
cd "$scratch"

# What has ended and was not yet waited for is gone, too.
alive() {
    local state
    state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || return 1
    [[ -n $state && $state != [ZX]* ]]
}

# soon SECONDS COMMAND...: it comes true in that time.
soon() {
    local tenths=$(($1 * 10))
    shift
    for ((; tenths > 0; --tenths)); do
        ! "$@" || return 0
        sleep 0.1
    done
    return 1
}

all_gone() {
    local pid
    for pid; do ! alive "$pid" || return 1; done
}

# gone WHAT PID...: all end within 10 s; those that do not fail the test, and are ended.
gone() {
    local what=$1 pid
    shift
    [ $# -gt 0 ] || fail "$what: there was nobody to survive"
    soon 10 all_gone "$@" && return 0
    for pid; do
        alive "$pid" || continue
        fail "$what: process $pid outlives its parent"
        kill -KILL "$pid" || true
    done
}

lines() { [ "$(grep -c '^rank' said || true)" -eq "$1" ]; }

# start RANKS HOW N COMMAND...: leaves the process started in $started, what the ranks say in the file `said`.
# MPI_Comm_spawn may hang (PMIx 4 up to 4.2.2): then it is tried again.
start() {
    local ranks=$1 try
    shift
    for try in 1 2 3 4 5; do
        : >said
        "$@" >said 2>messages &
        started=$!
        soon 15 lines "$ranks" && return 0
        end_started
        echo "try $try did not get ready" >&2
    done
    fail "$*: does not get ready: $(cat messages)"
    finish
}

end_started() {
    kill -TERM "$started" 2>/dev/null || true
    soon 5 all_gone "$started" || kill -KILL "$started" || true
    wait "$started" 2>/dev/null || true
}

field() { sed -n "s/^rank $1 pid \([0-9]*\).*/\1/p" said; }
workers_of() { sed -n "s/^rank $1 pid [0-9]* workers *//p" said; }

# A process alone, its children made by fork.
start 1 "$orphans" forked 3 "$overhead"
read -ra children <<<"$(workers_of 0)"
[ "${#children[@]}" -eq 3 ] || fail "forked: there are not 3 children: $(cat said)"
for child in "${children[@]}"; do alive "$child" || fail "forked: child $child does not wait"; done
kill -KILL "$(field 0)"
wait "$started" 2>/dev/null || true
gone 'forked, parent killed' "${children[@]}"

# The same on two ranks: one is killed, mpirun ends the other, and the children of both go with them.
start 2 mpirun -np 2 "$orphans" forked 2 "$overhead"
read -ra children <<<"$(workers_of 0) $(workers_of 1)"
[ "${#children[@]}" -eq 4 ] || fail "forked on 2 ranks: there are not 4 children: $(cat said)"
kill -KILL "$(field 1)"
status=0
wait "$started" 2>/dev/null || status=$?
[ "$status" -ne 0 ] || fail 'forked on 2 ranks: a killed rank is no failure to mpirun'
gone 'forked on 2 ranks, one killed' "${children[@]}"

if is_mpich; then
    without "spawned processes: Debian's MPICH cannot spawn"
    finish
    exit
fi

# Processes made by MPI_Comm_spawn: mpirun is their parent, and ends them when it sees the rank that asked for
# them die.
start 1 mpirun -np 1 "$orphans" spawned 2 "$overhead"
mapfile -t children < <(pgrep -P "$started" -f -- --spawned-worker || true)
[ "${#children[@]}" -eq 2 ] || fail "spawned: there are not 2 workers but ${#children[@]}"
kill -KILL "$(field 0)"
status=0
wait "$started" 2>/dev/null || status=$?
[ "$status" -ne 0 ] || fail 'spawned: a killed rank is no failure to mpirun'
gone 'spawned, parent killed' "${children[@]}"

# overhead's own way: a process beside the launch that spawns for it, by way of a daemon of MPI's.
generation() { # generation PATTERN PID...: their children
    local pattern=$1 pid
    shift
    for pid; do pgrep -P "$pid" -f -- "$pattern" || true; done
}
find_workers() { # two of them, in $workers; all in between in $between
    local spawner daemons
    mapfile -t spawner < <(generation '--spawner' "$(field 0)")
    mapfile -t daemons < <(generation . "${spawner[@]}")
    mapfile -t workers < <(generation '--spawned-worker' "${daemons[@]}")
    between=("${spawner[@]}" "${daemons[@]}")
    [ "${#workers[@]}" -eq 2 ]
}
start 1 "$orphans" spawner 2 "$orphans"
soon 15 find_workers || fail "spawner: there are not 2 workers but ${#workers[@]}"
kill -KILL "$(field 0)"
wait "$started" 2>/dev/null || true
gone 'spawner, parent killed' "${workers[@]}" "${between[@]}"

finish
