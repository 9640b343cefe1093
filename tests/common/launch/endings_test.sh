#!/usr/bin/env bash
# How launches end: right, wrong, thrown, interrupted, killed. Usage: endings_test.sh BROKEN_PROGRAM
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

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

# An MPI without windows across the ranks, as Debian's between machines: what needs none is run.
for variant in right throw_all; do
    run env OMPI_MCA_osc='^sm,rdma,pt2pt,ucx,monitoring' timeout 60 mpirun -np 2 "$broken" \
        --no-dump --no-limits --repeats 5 --variants "$variant"
    expect "$([[ $variant == right ]] && echo 0 || echo 1)" "$variant without windows"
done
once 'every rank gives up' 'without windows'

# Starts two ranks in the background; their process ids are in $ranks then, two seconds into the run.
start() { # start NAME VARIANT
    mpirun -np 2 "$broken" --no-limits --variants "$2" --repeats 1000 --dump "$1.h5" >"$1.out" 2>"$1.err" &
    launcher=$!
    for _ in $(seq 100); do
        sleep 0.1
        ranks=$(ranks_of "$launcher")
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

# A terminal that goes, and a limit on processor time: both come more than once, and stop in good order.
for signal in HUP XCPU; do
    interrupt "by_$signal" endless "$signal" 1
    [ "$(grep -c 'stopping after this round' "by_$signal.err")" -eq 1 ] || fail "SIG$signal: $(cat "by_$signal.err")"
    [ -s "by_$signal.h5" ] || fail "SIG$signal: no dump"
done
start twice endless
kill -HUP "$(sed -n 1p <<<"$ranks")"
kill -HUP "$(sed -n 1p <<<"$ranks")"
status=0
wait "$launcher" || status=$?
expect 75 'SIGHUP twice'
# UCX, which MPICH brings along, takes the signal for itself unless told not to.
(trap '' HUP && UCX_DEBUG_SIGNO=0 exec "$broken" --no-limits --no-dump --variants endless --repeats 60 >ignored.out) &
ignoring=$!
sleep 1.5
kill -HUP "$ignoring"
status=0
wait "$ignoring" || status=$?
expect 0 'SIGHUP under nohup'

# Ctrl-C on mpirun, which kills a moment later: what was measured until then is in the dump.
start hurried long_rounds
kill -INT "$launcher"
wait "$launcher" || true
grep -q 'stopping after this round' hurried.err || fail "Ctrl-C: not a word: $(cat hurried.err)"
"$BIN/timings" validate hurried.h5 >/dev/null || fail 'Ctrl-C: no dump'
[[ $("$BIN/timings" show hurried.h5) == *'stopped early by a signal'* ]] || fail 'Ctrl-C: the dump does not tell of it'

# A rank that is killed takes the launch with it, and leaves nothing under the dump's name but what was measured.
start killed endless
kill -KILL "$(tail -n 1 <<<"$ranks")"
status=0
timeout 30 tail --pid="$launcher" -f /dev/null || fail 'killed: the launch hangs'
wait "$launcher" || status=$?
[ "$status" -ne 0 ] || fail 'killed: exit status 0'
[ ! -e killed.h5 ] || "$BIN/timings" validate killed.h5 >/dev/null || fail 'killed: a dump that is none'

finish
