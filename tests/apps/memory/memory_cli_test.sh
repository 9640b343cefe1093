#!/usr/bin/env bash
# memory as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

memory=$BIN/memory
timings=$BIN/timings
quick=(--no-limits --repeats 6 -n 1e5)
cd "$scratch"

run "$memory" --help
expect 0 'help'
for option in --problems --ahead --sweep --variants; do says out "$option" 'help'; done
run "$memory" --version
says out 'Pacer' 'version'
run "$memory" --list
expect 0 'list'
says out 'sweep:' 'list'
says out 'column_blocked ' 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$memory" "$@"
    expect 2 "memory $*"
    once "$text" "memory $*"
    [ -z "$out" ] || fail "memory $*: prints although it refuses: $out"
}
refused "unknown option '--expirements'" --expirements read
refused "unknown problem 'raed'; choose from read, write" --experiments raed
refused "unknown variant 'chas'; choose from read, " --variants chas
refused 'none of these variants belongs to read; choose from ' --experiments read --variants chase
refused "'-5' is not a count" --ahead -5
refused '--sweep is its own problem: leave out --problems' --sweep --experiments read
refused '--sweep begins at 16.0 KiB: use -n 2048 or more' --sweep -n 2047
refused 'none of these variants belongs to sweep; choose from read, triad, chase' --sweep --variants write
refused 'the problem sweep runs alone' --problems read,sweep
refused '--experiments is the old name of --problems' --problems read --experiments read
refused 'use fewer elements' -n 8e9 --memory 1e9
refused 'would not be exact' -n 1e10
refused 'use fewer elements' --sweep -n 1e12
refused 'use fewer elements' --sweep -n 9e18

for ranks in 1 3; do
    run mpirun -np "$ranks" "$memory" "${quick[@]}" --no-dump --format json
    expect 0 "$ranks ranks"
    /usr/bin/python3 - "$ranks" <<'PYTHON' "$scratch/stdout" || fail "$ranks ranks: the JSON"
import collections, json, sys
ranks, launch = int(sys.argv[1]), json.load(open(sys.argv[2]))["launches"][0]
count = collections.Counter(record["parameters"]["experiment"] for record in launch["records"])
assert count == {"read": 4, "write": 5, "copy": 5, "triad": 5, "stride": 8, "order": 5, "matrix": 4, "fresh": 3,
                 "pages": 2}, count
for record in launch["records"]:
    if record["not_run"]:
        assert ("huge" in record["variant"] and "huge page" in record["not_run"] or
                "nontemporal" in record["variant"] and "no such stores" in record["not_run"]), record
        continue
    assert record["checked"] >= 6 and record["failed"] == 0, record
    assert len(record["seconds"]) == 6 and all(len(row) == record["ranks"] for row in record["seconds"])
    assert sum(share["work_items"] for share in record["shares"]) == record["work_items"], record
    assert record["parameters"]["elements"] == 100000
PYTHON
done

# Sizes that leave some without work
for elements in 0 1 9; do
    run mpirun -np 2 "$memory" --no-limits --repeats 6 -n $elements --no-dump --format csv
    expect 0 "$elements elements"
    [ "$(wc -l <"$scratch/stdout")" -eq 42 ] || fail "$elements elements: not a row a variant"
done

# Sections, chosen ones
run "$memory" "${quick[@]}" --no-dump --experiments order,stride --variants chase,sequential,stride_8
expect 0 'chosen experiments'
says out 'experiment order  ahead 128' 'chosen experiments'
says out '(sequential on 1 core) / median' 'chosen experiments'
if grep -qE 'stride_16|prefetch|read' "$scratch/stdout"; then fail "chosen experiments: others were run: $out"; fi
run "$memory" "${quick[@]}" --no-dump --variants prefetch --ahead 7
says out 'ahead 7' 'another distance'

# Limits are probed for what is run
run "$memory" --repeats 6 -n 1e5 --no-dump --experiments triad,fresh --variants triad,next_pass --format json
expect 0 'limits'
/usr/bin/python3 - <<'PYTHON' "$scratch/stdout" || fail 'the limits in JSON'
import json, sys
for record in json.load(open(sys.argv[1]))["launches"][0]["records"]:
    assert record["limit_seconds"] > 0 and "by 1 core" in record["limit_derived"], record
PYTHON

# The dump: the same table again from its raw samples.
run "$memory" "${quick[@]}" --dump a.h5
expect 0 'dump'
says out 'dump: a.h5' 'dump'
grep -vE '^(warning|dump|[0-9]+ more warnings?): ' "$scratch/stdout" >table
run "$timings" show a.h5
grep -vE '^(warning|a.h5): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
run "$timings" compare a.h5 --to a.h5
[ "$status" -ne 1 ] || fail "a dump is slower than itself: $out"

# The sweep: a row a size, the levels, and its drawing; other ranks sleep.
run mpirun -np 2 "$memory" --sweep --repeats 6 -n 1e5 --dump s.h5
expect 0 'sweep'
for words in 'working_set' '786432' 'verified: all'; do says out "$words" 'sweep'; done
grep -qE 'latency|tells of no caches' "$scratch/stdout" || fail "sweep: no word of the levels: $out"
run "$timings" show s.h5
says out '786432' 'the sweep again'
run "$timings" validate s.h5
expect 0 'validate the sweep'
run "$timings" plot s.h5
expect 0 'draw the sweep'
for words in 'Bandwidth and time by size' 'A read' 'B triad' 'A chase' '64 KiB'; do says out "$words" 'draw'; done
run "$memory" --sweep --repeats 6 -n 1e4 --variants chase --no-dump --format json
expect 0 'a sweep of one variant'
/usr/bin/python3 -c '
import json, sys
records = json.load(open(sys.argv[1]))["launches"][0]["records"]
sizes = [record["parameters"]["working_set"] for record in records]
assert sizes == [16384, 24576, 32768, 49152, 65536], sizes
assert all(record["work_bytes"] == 0 and record["failed"] == 0 for record in records)' "$scratch/stdout" ||
    fail 'the sweep in JSON'

if [ -c /dev/full ]; then
    status=0
    "$memory" "${quick[@]}" --variants read --no-dump >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
fi

finish
