#!/usr/bin/env bash
# overhead as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

overhead=$BIN/overhead
timings=$BIN/timings
most=call,thread,async,openmp_region,openmp_barrier,fork,barrier,copy,pingpong,reduce,allreduce
quick=(--no-limits --repeats 6 -n 8 --workers 2 --variants "$most")
cd "$scratch"

run "$overhead" --help
expect 0 'help'
says out '--workers' 'help'
says out '--thread-level' 'help'
grep -q -- '--spawn' "$scratch/stdout" && fail 'help tells of roles that are no options'
run "$overhead" --list
expect 0 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run "${launcher[@]}" "$overhead" "$@"
    expect 2 "overhead $*"
    once "$text" "overhead $*"
    [ -z "$out" ] || fail "overhead $*: prints although it refuses: $out"
}
launcher=(mpirun --quiet -np 2)
refused "unknown option '--worker'" --worker 5
refused "unknown variant 'threads'; choose from call, thread" --variants threads
launcher=()
refused "'many' is not a count" --workers many
refused '--workers must be at most 1024' --workers 1025
refused '--workers must be at least 1' --workers 0
refused '--thread-level' --thread-level multiple
refused 'use a smaller -n' -n 3e9
refused 'missing/a.h5' --dump missing/a.h5
refused '--pairs: all ranks are on ' --pairs
refused 'needs two ranks' --pair-ranks
refused 'leave out --problems' --pairs --problems barrier
refused 'the problem pairs runs alone' --problems pairs,barrier
refused 'none of these variants belongs to workers, barrier, message' --variants latency
run "$overhead" --spawned-worker
expect 2 'a role that overhead gives'
once 'that overhead itself starts' 'a role that overhead gives'

for ranks in 1 2 4; do
    workers=$((ranks == 1 ? 3 : 2))
    run mpirun -np "$ranks" "$overhead" "${quick[@]}" --workers "$workers" --no-dump --format json
    expect 0 "$ranks ranks"
    /usr/bin/python3 - "$ranks" "$workers" <<'PYTHON' "$scratch/stdout" || fail "$ranks ranks: the JSON"
import json, sys
ranks, most, launch = int(sys.argv[1]), int(sys.argv[2]), json.load(open(sys.argv[3]))["launches"][0]
assert launch["circumstances"]["status"] == 0 and launch["circumstances"]["launch_seconds"] > 0, launch["circumstances"]
kinds = {}
for record in launch["records"]:
    parameters = record["parameters"]
    kinds.setdefault((parameters["kind"], parameters.get("workers", parameters.get("bytes"))), []).append(record["variant"])
    if record["variant"] == "pingpong" and ranks == 1:
        assert "two ranks" in record["not_run"], record
        continue
    assert record["checked"] > 6 and record["failed"] == 0, record
    assert len(record["seconds"]) == 6 and all(len(row) == record["ranks"] for row in record["seconds"])
    assert all(seconds > 0 for row in record["seconds"] for seconds in row)
    waits = record["variant"] in ("openmp_region", "openmp_barrier", "barrier", "copy", "reduce", "allreduce")
    want = "steady_state" if record["variant"] == "pingpong" else "median_call" if waits else None
    assert parameters.get("method") == want, record
    assert parameters.get("distance") == ("within_node" if record["variant"] == "pingpong" else None), record
    if parameters["kind"] == "workers":
        assert record["threads"] == (1 if record["variant"] == "call" else parameters["workers"])
        assert record["want"] == str(parameters["workers"] * (parameters["workers"] + 1) // 2)
workers = ["call", "thread", "async", "openmp_region", "openmp_barrier", "fork"]
messages = ["copy", "reduce", "allreduce", "pingpong"]
want = {("workers", count): workers for count in range(1, most + 1)}
want |= {("barrier", None): ["barrier"], ("message", 8): messages, ("message", 64): messages}
assert kinds == want, kinds
PYTHON
done

# OpenMP may have fewer threads than there are to be workers.
for limit in 1 3; do
    OMP_THREAD_LIMIT=$limit run "$overhead" "${quick[@]}" -n 0 --workers 4 --no-dump
    expect 0 "OMP_THREAD_LIMIT=$limit"
    says out "not run: OpenMP gives $limit thread" "OMP_THREAD_LIMIT=$limit"
    [ "$(grep -cE '^(thread|openmp_region) .* verified$' "$scratch/stdout")" -eq $((limit == 1 ? 4 : 5)) ] ||
        fail "OMP_THREAD_LIMIT=$limit: $out"
done

# Threads that share a core take turns, however many cores the host has.
if taskset -c 0 true 2>/dev/null; then
    run taskset -c 0 "$overhead" "${quick[@]}" -n 0 --workers 2 --no-dump --variants call,thread
    expect 0 'one core'
    grep -qE '^thread +2 .* \*$' "$scratch/stdout" || fail "one core: two threads do not take turns: $out"
fi

# Processes spawned by MPI, by overhead alone and under mpirun.
launches=('' 'mpirun -np 2')
if is_mpich; then
    without "spawned processes: Debian's MPICH cannot spawn"
    launches=()
fi
for launched in "${launches[@]}"; do
    # shellcheck disable=SC2086 # words
    run timeout 120 $launched "$overhead" --variants spawn --workers 2 --repeats 1 --no-dump
    expect 0 "spawn, launched by '$launched'"
    [ "$(grep -cE '^spawn .* verified$' "$scratch/stdout")" -eq 2 ] || fail "spawn, launched by '$launched': $out"
    says out 'spawn: hangs' 'spawn'
    says out 'break-even' 'spawn'
done

# The dump, and the same table again from its raw samples. The break-even is derived, and not in it.
run mpirun -np 2 "$overhead" "${quick[@]}" --dump a.h5
expect 0 'dump'
says out 'dump: a.h5' 'dump'
says out 'allreduce: ' 'dump'
grep -qE '^copy: [0-9]+ calls in batches of [0-9-]+ \(one is too short for the clock\), 99 % within .*s, slowest ' "$scratch/stdout" ||
    fail "that calls are kept by batch is not told: $out"
grep -qE '^thread +2 .* (us|ms) ' "$scratch/stdout" || fail "the break-even of threads is not told: $out"
grep -qE '^allreduce of 8 bytes +2 .* (ns|us|ms)' "$scratch/stdout" || fail "the break-even of ranks is not told: $out"
sed '/^dump: /,$d' "$scratch/stdout" | grep -vE '^(warning|[0-9]+ more warnings?): ' >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5|[0-9]+ more warnings?): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
refused 'a.h5' --dump a.h5 -n 1 --variants copy

# Pairs, of ranks here, where there is but one node; what they tell of single links is in the dump.
run mpirun --quiet -np 2 "$overhead" --pair-ranks -n 1023
expect 2 'short messages in pairs'
says err 'at least 1024 elements' 'short messages in pairs'
for ranks in 2 3 4; do
    run mpirun -np "$ranks" "$overhead" --pair-ranks -n 1024 --repeats 6 --no-limits --dump "pairs$ranks.h5"
    expect 0 "pairs of $ranks ranks"
    says out "kind pairs  between ranks  players $ranks" "pairs of $ranks ranks"
    [ "$(grep -cE ' verified$' "$scratch/stdout")" -eq 5 ] || fail "pairs of $ranks ranks: not five variants: $out"
    run "$timings" network "pairs$ranks.h5"
    expect 3 "the links of $ranks ranks, once"
    says out "$ranks ranks, $((ranks * (ranks - 1) / 2)) link" "the links of $ranks ranks, once"
    says out ': none slower or wrong' "the links of $ranks ranks, once"
done
run "$timings" network pairs4.h5 --format json
expect 3 'the links as JSON'
/usr/bin/python3 - "$scratch/stdout" <<'PYTHON' || fail "the links as JSON: $out"
import json, sys
told = json.load(open(sys.argv[1]))
parts = [row["part"] for row in told["rows"]]
assert parts.count("rank") == 3 * 4 and parts.count("link") == 3 * 6, parts
links = {row["name"] for row in told["rows"] if row["part"] == "link"}
assert links == {f"rank {a} - rank {b}" for a in range(4) for b in range(a + 1, 4)}, links
assert len(told["figures"]) == 5 and all(row["seconds"] > 0 for row in told["figures"]), told["figures"]
PYTHON
run "$timings" network a.h5
expect 2 'no pairs'
once 'measured by overhead --pairs' 'no pairs'

# Nothing but what was asked for.
run "$overhead" "${quick[@]}" --no-dump --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
run "$overhead" "${quick[@]}" --no-dump --format csv
expect 0 'csv'
! grep -q 'break-even' "$scratch/stdout" || fail 'csv: with the break-even'
run "$overhead" --no-limits --repeats 6 -n 0 --no-dump --variants call,copy
expect 0 'no messages'
! grep -q 'kind message' "$scratch/stdout" || fail "-n 0 exchanges messages: $out"
run "$overhead" --no-limits --repeats 6 -n 0 --no-dump --variants copy
expect 1 'nothing to run'
run "$overhead" --no-limits --repeats 6 -n 1 --no-dump --variants barrier,reduce --thread-level single --format json
expect 0 'thread level'
says out '"thread_level": "single"' 'thread level'
says out '"mpi_thread_level": "single"' 'thread level'
run "$overhead" --repeats 6 -n 64Ki --no-dump --variants copy
expect 0 'limits'
says out 'read by 1 core' 'limits'
run "$overhead" "${quick[@]}" --no-dump --proof --profile
expect 0 'proof and profile'
says out 'cpus allowed' 'proof'

if [ -c /dev/full ]; then
    status=0
    "$overhead" "${quick[@]}" --no-dump >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
fi

finish
