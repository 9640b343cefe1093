#!/usr/bin/env bash
# queues as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

queues=$BIN/queues
timings=$BIN/timings
quick=(--no-limits --repeats 6 -n 40 --steps 100)
cd "$scratch"

run "$queues" --help
expect 0 'help'
for option in --steps --workload --cost-seed --ahead --trace; do says out "$option" 'help'; done
run "$queues" --list
expect 0 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$queues" "$@"
    expect 2 "queues $*"
    once "$text" "queues $*"
    [ -z "$out" ] || fail "queues $*: prints although it refuses: $out"
}
mkdir folder
echo kept >there.json
refused "unknown option '--step'" --step 5
refused "unknown variant 'blocks'; choose from" --variants blocks
refused '--workload' --workload odd
refused "'-1' is not a count" --steps -1
refused '-n: at most 4194304 tasks' -n 5e6
refused '--steps: at most' --steps 1e15
refused '--ahead: from 1' --ahead 0
refused 'there.json exists' --trace there.json
refused 'it is a folder' --trace folder
refused 'missing/a.json' --trace missing/a.json
[ "$(cat there.json)" = kept ] || fail 'a refused trace has changed the file'

for ranks in 1 2 3 4; do
    workloads=(heavy)
    [ "$ranks" -lt 4 ] || workloads=(even linear heavy)
    for workload in "${workloads[@]}"; do
        run mpirun -np "$ranks" "$queues" "${quick[@]}" --workload "$workload" --no-dump --format json
        expect 0 "$workload on $ranks ranks"
        /usr/bin/python3 - "$ranks" "$workload" "$scratch/stdout" <<'PYTHON' || fail "$workload on $ranks ranks: the JSON"
import json, sys
ranks, workload = int(sys.argv[1]), sys.argv[2]
launch = json.load(open(sys.argv[3]))["launches"][0]
names = [record["variant"] for record in launch["records"]]
assert names == ["serial", "block", "cyclic", "openmp_dynamic", "openmp_guided", "fifo", "lifo", "counter", "stealing"], names
for record in launch["records"]:
    assert record["checked"] > 6 and record["failed"] == 0, record
    assert record["parameters"]["workload"] == workload and record["parameters"]["tasks"] == 40, record
    assert ("cost_seed" in record["parameters"]) == (workload == "heavy"), record
    assert sum(share["work_items"] for share in record["shares"]) == 40
    assert sum(int(share["partial_result"]) for share in record["shares"]) == int(record["got"])
    observed = record["observed"]
    assert set(observed) == {"idle_percent", "imbalance"}, observed
    assert all(len(values) == 6 for values in observed.values())
    assert all(-1e-6 <= value <= 100 for value in observed["idle_percent"]), observed
    if record["variant"] == "block" and workload == "linear" and ranks == 4:
        assert all(abs(value - 1.75) < 0.01 for value in observed["imbalance"]), observed
    if record["variant"] in ("fifo", "lifo") and ranks > 1:
        assert record["shares"][0]["work_items"] == 0, record["shares"]
PYTHON
    done
done

# What is left of a few tasks, and of none.
for tasks in 0 1 3; do
    run mpirun -np 4 "$queues" --repeats 2 -n "$tasks" --steps 1000 --no-dump --trace "few$tasks.json"
    expect 0 "$tasks tasks"
done

# Charts and orders: on the table's page only.
run mpirun -np 3 "$queues" "${quick[@]}" --dump a.h5
expect 0 'dump'
says out 'dump: a.h5' 'dump'
says out 'fifo, ' 'the chart'
says out 'rank 0 hands out' 'the chart'
grep -qE '^  rank 2 +[0-9A-Za-z.]{64}  idle +[0-9.]+ %  [0-9]+ tasks?$' "$scratch/stdout" || fail 'no row of a chart'
grep -qE '^  thread 0 ' "$scratch/stdout" || fail 'no row of a thread'
grep -qE '^  first +.*\b0@' "$scratch/stdout" || fail 'no order'
sed '/^the last execution of each/,$d' "$scratch/stdout" | grep -vE '^(warning|dump|[0-9]+ more warnings?): ' | sed '$d' >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
run "$queues" "${quick[@]}" --no-dump --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
run "$queues" "${quick[@]}" --no-dump --format csv --trace csv.json
expect 0 'csv'
[ "$(wc -l <"$scratch/stdout")" -eq 10 ] || fail 'csv: not a row a variant'
says err 'trace: csv.json' 'csv'

# The trace: every variant, every task, on the process of its rank.
run mpirun -np 3 "$queues" "${quick[@]}" --no-dump --trace there.json --force
expect 0 'trace'
says out 'trace: there.json' 'trace'
/usr/bin/python3 - there.json 40 9 <<'PYTHON' || fail 'the trace'
import collections, json, sys
events = json.load(open(sys.argv[1]))["traceEvents"]
tasks, variants = int(sys.argv[2]), int(sys.argv[3])
done = collections.defaultdict(list)
for event in events:
    if event["ph"] != "X": continue
    assert event["ts"] >= 0 and event["dur"] >= 0 and event["pid"] in range(3), event
    done[event["cat"]].append(event["name"])
assert len(done.pop("variant")) >= variants
assert len(done) == variants, done.keys()
assert all(sorted(names) == sorted(f"task {i}" for i in range(tasks)) for names in done.values()), done
assert {event["args"]["name"] for event in events if event["name"] == "process_name"} == {"rank 0", "rank 1", "rank 2"}
PYTHON
run "$queues" "${quick[@]}" --no-dump --quiet --variants serial --trace one.json
expect 0 'a quiet trace'
[ -s one.json ] || fail 'no quiet trace'
[ -z "$(find . -name '*.part')" ] || fail 'a .part file was left'

run mpirun -np 2 "$queues" "${quick[@]}" --no-dump --proof --profile --variants fifo
expect 0 'proof and profile'
says out 'cpus allowed' 'proof'
says out 'do a task' 'profile'

# The limit names the workers that count.
run mpirun -np 3 "$queues" -n 20 --steps 1e5 --repeats 2 --no-dump --variants block,fifo
expect 0 'limits'
says out 'by 3 workers' 'limits'
says out 'by 2 workers, rank 0 only serving' 'limits'
run "$queues" -n 1 --steps 1e6 --repeats 2 --no-dump --variants openmp_dynamic --workload heavy
expect 0 'the longest task'
if [ "$(nproc)" -gt 1 ]; then says out 'the longest task' 'the longest task'; fi

# A signal ends the run in good order: what was run is shown, and traced.
long=(--no-limits -n 40 --steps 1e4 --variants 'serial,stealing' --repeats 1000000 --max-seconds 30)
interrupted USR1 mpirun -np 2 "$queues" "${long[@]}" --no-dump --trace stopped.json
expect 75 'a signal'
says out 'stopped early by a signal' 'a signal'
says out 'stealing, ' 'the chart after a signal'
says out 'trace: stopped.json' 'a signal'
/usr/bin/python3 -m json.tool stopped.json >/dev/null || fail 'the trace after a signal'

# What fails after the run ends it at once, windows or not.
mkdir gone
meanwhile() { rmdir gone; }
interrupted USR1 mpirun -np 2 "$queues" "${long[@]}" --no-dump --trace gone/a.json
unset -f meanwhile
expect 2 'a trace whose folder has gone'
says out 'stealing' 'a trace whose folder has gone'
says err 'gone/a.json' 'a trace whose folder has gone'

# Other ways that Open MPI has to do one-sided operations: by the network's, and by messages.
for osc in '^sm,ucx' '^sm,ucx,rdma'; do
    run env OMPI_MCA_osc="$osc" timeout 60 mpirun -np 2 "$queues" --no-limits --repeats 2 -n 20 --steps 100 \
        --no-dump --variants counter,stealing
    expect 0 "osc $osc"
done

if [ -c /dev/full ]; then
    status=0
    "$queues" "${quick[@]}" --no-dump --trace full.json >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
    [ -s full.json ] || fail 'a full standard output: the trace is not there'
fi

# A disk that is full after the report, in the middle of the charts: a limit in KiB instead.
run "$queues" "${quick[@]}" --no-dump
begin=$(grep -b '^the last execution of each' "$scratch/stdout" | cut -d: -f1)
room=$(((begin + $(wc -c <"$scratch/stdout")) / 2 / 1024))
if is_mpich; then
    without 'no limit of a few KiB on file sizes: MPICH itself exceeds it'
else
    # shellcheck disable=SC2016 # for that shell
    run mpirun -np 1 bash -c 'ulimit -f "$1"; shift; exec "$@" >full.txt' _ "$room" "$queues" "${quick[@]}" --no-dump
    expect 2 'a disk that becomes full'
    once 'standard output' 'a disk that becomes full'
    grep -q '^the last execution of each' full.txt || fail 'a disk that becomes full: the report was not whole'
fi

finish
