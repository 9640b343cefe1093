#!/usr/bin/env bash
# race as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

race=$BIN/race
timings=$BIN/timings
quick=(--no-limits --repeats 6 -n 10007 --window-increments 103)
cd "$scratch"

run "$race" --help
expect 0 'help'
says out '--window-increments' 'help'
run "$race" --list
expect 0 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$race" "$@"
    expect 2 "race $*"
    once "$text" "race $*"
    [ -z "$out" ] || fail "race $*: prints although it refuses: $out"
}
refused "unknown option '--window-increment'" --window-increment 5
refused "unknown variant 'atomics'; choose from serial, unprotected" --variants serial,atomics
refused "'-5' is not a count" --window-increments -5
refused "'1.5' is not a count" -n 1.5

# judge RANKS THREADS FILE: what the JSON of a launch of all variants says is what was promised.
judge() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import json, sys
ranks, threads = map(int, sys.argv[1:3])
records = json.load(open(sys.argv[3]))["launches"][0]["records"]
names = [(record["parameters"]["place"], record["variant"]) for record in records]
by_threads = "serial unprotected critical atomic false_sharing padded reduction".split()
by_ranks = "serial rma_get_put rma_lock rma_accumulate rma_fetch_and_op mpi_reduce".split()
assert names == [("threads", name) for name in by_threads] + [("window", name) for name in by_ranks], names
for record in records:
    n, workers = record["parameters"]["increments"], record["ranks"] * record["threads"]
    assert n == (10007 if record["parameters"]["place"] == "threads" else 103), n
    assert workers == (1 if record["variant"] == "serial" else
                       threads if record["parameters"]["place"] == "threads" else ranks), record
    assert record["checked"] > 6 and len(record["seconds"]) == 6
    if record["promise"] == "racy":
        lost = record["observed"]["lost_updates"]
        assert len(lost) == 6 and all(0 <= updates < n for updates in lost), lost
        assert workers > 1 or not any(lost), lost
    else:
        assert record["failed"] == 0 and not record["observed"], record
        assert sum(share["work_items"] for share in record["shares"]) == n
        assert sum(float(share["partial_result"]) for share in record["shares"]) == n
PYTHON
}
for ranks in 1 2 3 4; do
    run env OMP_NUM_THREADS="$ranks" mpirun -np "$ranks" "$race" "${quick[@]}" --no-dump --format json
    expect 0 "all variants on $ranks ranks"
    judge "$ranks" "$ranks" "$scratch/stdout" || fail "all variants on $ranks ranks: the JSON"
done
for n in 0 1; do
    run mpirun -np 3 "$race" "${quick[@]}" -n "$n" --window-increments "$n" --no-dump
    expect 0 "$n increments"
done

# The racy lose updates in every launch of several workers; alone they lose none.
racy=(--variants unprotected --variants rma_get_put --repeats 15 --no-limits --no-dump)
lost() { sed -nE "s/^$1: lost_updates [^(]*\\(.* ([^ ]+)\\)\$/\\1/p" "$scratch/stdout"; }
for workers in 2 3 4; do
    for launch in 1 2; do
        run env OMP_NUM_THREADS="$workers" mpirun -np "$workers" "$race" "${racy[@]}"
        expect 0 "racy launch $launch of $workers workers"
        says out 'wrong, as promised' "racy launch $launch of $workers workers"
        for variant in unprotected rma_get_put; do
            [[ $(lost "$variant") =~ [1-9] ]] ||
                fail "launch $launch: $variant lost nothing with $workers workers: $out"
        done
    done
done
run env OMP_NUM_THREADS=2 taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')" "$race" "${racy[@]}"
expect 0 'two threads on one core'
[[ $(lost unprotected) =~ [1-9] ]] || fail "two threads on one core: nothing is lost: $out"
run env OMP_NUM_THREADS=1 "$race" "${racy[@]}"
expect 0 'racy and alone'
for variant in unprotected rma_get_put; do
    [ "$(lost "$variant")" = 0 ] || fail "$variant lost updates although it was alone: $out"
done
[ "$(grep -c ' verified$' <<<"$out")" -eq 2 ] || fail "racy and alone: not right: $out"
[[ $out != *luck* ]] || fail "racy and alone: speaks of luck: $out"
run env OMP_NUM_THREADS=2 "$race" --variants unprotected -n 1 --repeats 6 --no-limits --no-dump
expect 0 'nothing to race for'
[[ $out != *luck* ]] || fail "nothing to race for: speaks of luck: $out"

# Prices: with the table only.
run "$race" "${quick[@]}" --no-dump
expect 0 'prices'
says out 'price of an increment, threads: 10007 of them' 'prices'
says out 'price of an increment, window: 103 of them' 'prices'
run "$race" "${quick[@]}" --no-dump --variants atomic
[ "$(grep -c 'price of an increment' <<<"$out")" -eq 1 ] || fail "prices of a place without variants: $out"
run "$race" "${quick[@]}" --no-dump --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
run "$race" "${quick[@]}" --no-dump --format csv
expect 0 'csv'
[ "$(wc -l <"$scratch/stdout")" -eq 14 ] || fail 'csv: not a row a case'
run mpirun -np 2 "$race" "${quick[@]}" --no-dump --proof --profile --variants critical,rma_lock
expect 0 'proof and profile'
says out 'apps/race/variants/rma_lock.cpp:' 'profile'
says out 'cpus allowed' 'proof'

# Limits where they are known.
run env OMP_NUM_THREADS=2 "$race" --repeats 6 -n 10007 --no-dump --variants serial,atomic,critical,padded
expect 0 'limits'
says out 'ns an increment by 1 core' 'limits'
says out 'ns an increment that is atomic, one after the other' 'limits'
says out 'ns an increment in a critical section, one after the other' 'limits'

# The dump keeps the lost updates of each repeat.
run env OMP_NUM_THREADS=2 "$race" "${quick[@]}" --dump a.h5
expect 0 'dump'
sed '/^warning: /d; /^[0-9]* more warning/d; /^dump: /d; /^price of/,$d' "$scratch/stdout" | sed '$d' >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5): ' "$scratch/stdout" >shown
grep -q '^unprotected: lost_updates ' shown || fail 'the dump has no lost updates'
diff shown table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
refused 'a.h5' --dump a.h5

# A signal ends the run in good order.
interrupted TERM mpirun -np 2 "$race" --no-limits -n 1e5 --window-increments 500 --no-dump \
    --repeats 1000000 --max-seconds 30
expect 75 'a signal'
says out 'stopped early by a signal' 'a signal'

# Other ways that Open MPI has to do one-sided operations: by the network's, and by messages.
for osc in '^sm,ucx' '^sm,ucx,rdma'; do
    run env OMPI_MCA_osc="$osc" timeout 60 mpirun -np 2 "$race" --no-limits --repeats 2 --no-dump \
        --window-increments 20 --variants rma_get_put,rma_lock,rma_accumulate,rma_fetch_and_op
    expect 0 "osc $osc"
done

if [ -c /dev/full ]; then
    status=0
    "$race" "${quick[@]}" --no-dump >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
fi

finish
