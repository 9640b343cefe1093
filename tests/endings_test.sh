#!/usr/bin/env bash
# How launches end: right, wrong, thrown, interrupted, killed. Usage: endings_test.sh BROKEN_PROGRAM
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

broken=$1
cd "$scratch"

for ranks in 1 2 3 4; do
    launch() { run timeout 60 mpirun -np "$ranks" "$broken" --no-dump --no-limits --repeats 5 "$@"; }

    launch --variants right
    expect 0 "right on $ranks ranks"
    says out 'verified' "right on $ranks ranks"

    for variant in wrong_rank wrong_repeat nan; do
        launch --variants "$variant"
        expect 1 "$variant on $ranks ranks"
        says out 'WRONG' "$variant on $ranks ranks"
    done

    launch --variants racy
    expect 0 "racy on $ranks ranks"
    says out 'wrong, as promised' "racy on $ranks ranks"

    launch --variants throw_one
    expect 1 "throw_one on $ranks ranks"
    once 'the last rank gives up' "throw_one on $ranks ranks"
    once "rank $((ranks - 1)) on" "throw_one on $ranks ranks"
    once 'running variant throw_one' "throw_one on $ranks ranks"

    launch --variants throw_all
    expect 1 "throw_all on $ranks ranks"
    once 'every rank gives up' "throw_all on $ranks ranks"
done

# An MPI without windows across the ranks, as Debian's between machines.
run env OMPI_MCA_osc='^sm,rdma,pt2pt,ucx,monitoring' timeout 60 mpirun -np 2 "$broken" --no-dump --no-limits
expect 2 'without windows'
once 'set OMPI_MCA_osc=^ucx in the environment' 'without windows'

# Starts two ranks in the background; their process ids are in $ranks then, two seconds into the run.
start() { # start NAME VARIANT
    mpirun -np 2 "$broken" --no-limits --variants "$2" --repeats 1000 --dump "$1.h5" >"$1.out" 2>"$1.err" &
    launcher=$!
    for _ in $(seq 100); do
        sleep 0.1
        ranks=$(pgrep -P "$launcher" || true)
        [ "$(wc -w <<<"$ranks")" -lt 2 ] || break
    done
    sleep 2
}

# A signal to a rank ends the launch in good order: what was measured is reported and dumped.
interrupt() { # interrupt NAME VARIANT SIGNAL WHICH_RANK
    start "$1" "$2"
    kill "-$3" "$(sed -n "$4p" <<<"$ranks")"
    status=0
    wait "$launcher" || status=$?
    err=$(cat "$1.err")
    expect 75 "interrupted $2"
}

interrupt stopped endless USR1 2
grep -q 'warning: stopped early by a signal' stopped.out || fail "interrupted: no warning: $(cat stopped.out)"
grep -q 'budget' stopped.out && fail "interrupted: blames the time budget: $(cat stopped.out)"
[ -s stopped.h5 ] || fail 'interrupted: no dump'

interrupt before long_first TERM 1
grep -q 'not run: stopped by a signal before' before.out || fail "interrupted early: $(cat before.out)"
grep -q 'checked in every repeat' before.out && fail "interrupted early: claims an answer: $(cat before.out)"

# A rank that is killed takes the launch with it, and leaves nothing under the dump's name.
start killed endless
kill -KILL "$(tail -n 1 <<<"$ranks")"
status=0
timeout 30 tail --pid="$launcher" -f /dev/null || fail 'killed: the launch hangs'
wait "$launcher" || status=$?
[ "$status" -ne 0 ] || fail 'killed: exit status 0'
[ ! -e killed.h5 ] || fail 'killed: a dump under its final name'

finish
