#!/usr/bin/env bash
# syntax as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

syntax=$BIN/syntax
timings=$BIN/timings
quick=(--no-limits --repeats 6 --work 1000 -n 200 --files 150)
cd "$scratch"
mkdir temporary
export TMPDIR=$scratch/temporary OMPI_MCA_orte_tmpdir_base=/tmp

clean() { # clean WHAT: no temporary file is left
    [ -z "$(ls -A "$TMPDIR")" ] || fail "$1: left in TMPDIR: $(ls -A "$TMPDIR")"
}

run "$syntax" --help
expect 0 'help'
for option in --problems --files --work --variants; do says out "$option" 'help'; done
run "$syntax" --version
expect 0 'version'
says out 'Pacer' 'version'
run "$syntax" --list
expect 0 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$syntax" "$@"
    expect 2 "syntax $*"
    once "$text" "syntax $*"
    [ -z "$out" ] || fail "syntax $*: prints although it refuses: $out"
}
refused "unknown option '--elments'" --elments 5
refused "unexpected argument 'fill'" --idioms sum fill
refused "unknown variant 'push_front'; choose from push_back" --variants push_back,push_front
refused "unknown problem 'fil'; choose from fill, sum" --idioms fil
refused 'none of these variants belongs to sum; choose from ' --idioms sum --variants push_back
refused "'2GB' is not a count" -n 2GB
refused "'-5' is not a count" --files -5
refused "'many' is not a count" --work many
refused '--work 1000000000000 is too much for one execution' --work 1e12
refused '--files 9000000000000000000 is too many' --files 9e18
refused 'use fewer elements' -n 1e15
refused 'use fewer elements' -n 9e18

for ranks in 1 3; do
    run mpirun -np "$ranks" "$syntax" "${quick[@]}" --no-dump --format json
    expect 0 "on $ranks ranks"
    [ -z "$err" ] || fail "on $ranks ranks: not silent: $err"
    /usr/bin/python3 - "$ranks" <<'PYTHON' "$scratch/stdout" || fail "on $ranks ranks: the JSON"
import json, sys
ranks, launch = int(sys.argv[1]), json.load(open(sys.argv[2]))["launches"][0]
assert len(launch["placement"]) == ranks
cases = {}
for record in launch["records"]:
    assert record["checked"] > 6 and record["failed"] == 0, record
    assert len(record["seconds"]) == 6 and record["ranks"] == record["threads"] == 1, record
    facts = record["parameters"]
    cases.setdefault((facts["idiom"], facts["elements"], facts.get("order") or facts.get("wanted")), []).append(record)
    assert facts["calls"] == (1 if facts["idiom"] == "files" else 1000 // facts["elements"]), facts
    assert sum(share["work_items"] for share in record["shares"]) == facts["elements"] * facts["calls"]
    assert sum(float(share["partial_result"]) for share in record["shares"]) == float(record["got"])
ways = {key: len(records) for key, records in cases.items()}
expected = {("files", size, wanted): 3 for size in (10, 150) for wanted in ("all", "first")}
for size in (4, 10, 200):
    expected |= {("fill", size, None): 8, ("sum", size, None): 6, ("square", size, None): 6,
                 ("condition", size, "random"): 4, ("partition", size, "random"): 4,
                 ("nesting", size, None): 3, ("alias", size, None): 4}
expected |= {("condition", 200, "sorted"): 4, ("partition", 200, "sorted"): 4}
assert ways == expected, ways
for (idiom, size, kind), records in cases.items():
    for record in records:
        observed = {name: values for name, values in record["observed"].items()}
        if idiom == "alias":
            assert observed == {"original_changed": [0 if record["variant"] == "deep_copy" else 1] * 6}, observed
        elif idiom == "files":
            assert set(observed) == {"peak_bytes"} and min(observed["peak_bytes"]) > 0, observed
        else:
            assert observed == {}, observed
by_name = {record["variant"]: record for record in cases["files", 150, "all"]}
assert by_name["eager"]["observed"]["peak_bytes"][0] > 5 * by_name["lazy"]["observed"]["peak_bytes"][0]
PYTHON
    clean "on $ranks ranks"
done

# The table has a section a problem, and what it comes to at its end.
run "$syntax" "${quick[@]}" --no-dump --proof --profile
expect 0 'table'
says out 'idiom fill  elements 4  calls 250' 'table'
says out '(push_back on 1 core) / median' 'table'
says out 'deep_copy: original_changed 0 (0 .. 0)' 'table'
says out 'view: original_changed 1 (1 .. 1)' 'table'
says out 'apps/syntax/variants/fill.cpp:' 'profile'
says out 'cpus allowed' 'proof'
[ "$(grep -cE '^(fill|sum|square|condition|partition|nesting|alias|files) ' "$scratch/stdout")" -eq 27 ] ||
    fail 'table: the summary does not have a line for each idiom and size'
run "$syntax" "${quick[@]}" --no-dump --idioms alias,fill --variants push_back,reserve,view
expect 0 'a choice'
[ "$(grep -cE '^(push_back|reserve) +1 x 1' "$scratch/stdout")" -eq 6 ] || fail 'a choice: not two ways at three sizes'
[ "$(grep -cE '^fill ' "$scratch/stdout")" -eq 3 ] || fail 'a choice: no summary of what has a baseline'
[ "$(grep -cE '^alias ' "$scratch/stdout")" -eq 0 ] || fail 'a choice: a summary of what has no baseline'
run "$syntax" "${quick[@]}" --no-dump -n 3000 --idioms fill
expect 0 'reallocation of many elements'
grep -qE '^reallocate +1 x 1  not run: copies n\(n-1\)/2 elements, 34\.3 MiB a call; it is run up to 2000 ' <<<"$out" ||
    fail "many elements: $out"
says out 'elements 500' 'reallocation of many elements'

# Nothing, one, and few.
for elements in 0 1 7; do
    run "$syntax" "${quick[@]}" --no-dump -n "$elements" --files "$elements" --work "$elements"
    expect 0 "-n $elements"
done
run "$syntax" "${quick[@]}" --no-dump -n 0 --files 0 --idioms alias
says out 'not run: there is no element to change' 'an alias of nothing'

# Limits, of what moves elements.
run "$syntax" --repeats 6 -n 1000 --no-dump --format json --idioms sum,square,alias
expect 0 'limits'
/usr/bin/python3 - <<'PYTHON' "$scratch/stdout" || fail 'limits'
import json, sys
for record in json.load(open(sys.argv[1]))["launches"][0]["records"]:
    idiom, limit = record["parameters"]["idiom"], record["limit_seconds"]
    assert (limit or 0) > 0 if idiom != "alias" else not limit, record
    if idiom != "alias":
        assert "by 1 core" in record["limit_derived"], record
PYTHON

# The dump, the same table again from its raw samples, and two launches compared.
run "$syntax" "${quick[@]}" --dump a.h5
expect 0 'dump'
says out 'dump: a.h5' 'dump'
sed '/^What it comes to/,$d' "$scratch/stdout" | grep -vE '^(warning|dump|[0-9]+ more warnings?): ' >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5): ' "$scratch/stdout" | diff -B - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
refused 'a.h5' --dump a.h5
run "$syntax" "${quick[@]}" --dump b.h5 --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
run "$timings" compare a.h5 --to b.h5
[ "$status" -ne 2 ] || fail "two launches cannot be compared: $err"
says out 'syntax/push_back 1 x 1, idiom fill elements 4' 'compare'
run "$syntax" "${quick[@]}" --no-dump --format csv
expect 0 'csv'
[ "$(wc -l <"$scratch/stdout")" -eq 126 ] || fail 'csv: not a row a case and nothing else'
# A reader who leaves ends the launch, but no files stay.
"$syntax" "${quick[@]}" --no-dump --idioms files 2>"$scratch/stderr" | true || true
clean 'after all these'

# Temporary files: nowhere to make them, and a launch that a signal stops.
if [ "$(id -u)" -eq 0 ]; then nowhere=/proc; else nowhere=/; fi
TMPDIR=$nowhere run "$syntax" "${quick[@]}" --no-dump
expect 2 'no folder for temporary files'
once 'TMPDIR names the folder' 'no folder for temporary files'
TMPDIR=$nowhere run "$syntax" "${quick[@]}" --no-dump --idioms fill
expect 0 'no folder, and no need of one'
for there in 0.found 4999.txt; do # while files are made, and while variants run
    files=$([ "$there" = 4999.txt ] && echo 5000 || echo 1000000)
    "$syntax" --no-limits --no-dump --repeats 1000000 --files "$files" --idioms files >stopped 2>&1 &
    launched=$!
    while kill -0 "$launched" && ! grep -qs . <(find "$TMPDIR" -name "$there"); do sleep 0.05; done
    [ "$there" = 0.found ] || sleep 1
    kill -TERM "$launched"
    status=0
    wait "$launched" || status=$?
    [ "$status" -eq 75 ] || fail "stopped when there was $there: status $status: $(cat stopped)"
    clean "stopped when there was $there"
done

if [ -c /dev/full ]; then
    status=0
    "$syntax" "${quick[@]}" --no-dump --idioms sum >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
fi

finish
