#!/usr/bin/env bash
# reduce as its users type it. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

reduce=$BIN/reduce
machine=${1:?the program machine}
timings=$BIN/timings
quick=(--no-limits --repeats 6 -n 1e6)
cd "$scratch"

run "$reduce" --help
expect 0 'help'
says out '--variants' 'help'
run mpirun -np 3 "$reduce" --help
expect 0 'help on ranks'
[ "$(grep -c -- '--strict-placement' <<<"$out")" -eq 1 ] || fail 'help is printed by more than one rank'
run "$reduce" --version
expect 0 'version'
says out 'Pacer' 'version'
run "$reduce" --list
expect 0 'list'

refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$reduce" "$@"
    expect 2 "reduce $*"
    once "$text" "reduce $*"
    [ -z "$out" ] || fail "reduce $*: prints although it refuses: $out"
}
refused "unknown option '--elments'" --elments 5
refused "unknown variant 'smid'; choose from serial, simd" --variants serial,smid
refused "'2GB' is not a count" -n 2GB
refused "'-5' is not a count" -n -5
refused "'1.5' is not a count" --repeats 1.5
refused '--format' --format yaml
refused '--source' --source disk
refused '--max-seconds' --max-seconds -1
refused 'not exact in f64' --type f64 -n 1e15
refused '--chunk wants at least 1 element' --chunk 0
doubles=(--source memory --type f64)
refused '--data is for doubles in memory' --data wide
refused '--data' "${doubles[@]}" --data narrow
refused 'variant exact sums doubles in memory' --variants exact
refused '--expect is for doubles in memory' --expect 0x1p+3
refused 'choose a smaller --chunk' --variants chunked -n 1e14 --chunk 1e14
refused "'1.5' is not a double in hexadecimal" "${doubles[@]}" --expect 1.5
refused "'0x1.8p+3 ' is not a double in hexadecimal" "${doubles[@]}" --expect '0x1.8p+3 '
refused 'missing/a.h5' --dump missing/a.h5
refused 'excludes' --dump a.h5 --no-dump

for ranks in 1 2 3 4; do
    for source in iota memory; do
        for type in i64 f64; do
            run mpirun -np "$ranks" "$reduce" "${quick[@]}" -n 100003 --source "$source" --type "$type" --no-dump --format json
            expect 0 "$source $type on $ranks ranks"
            /usr/bin/python3 - "$ranks" "$scratch/stdout" "$source" "$type" <<'PYTHON' || fail "$source $type on $ranks ranks: the JSON"
import json, sys
ranks, launch = int(sys.argv[1]), json.load(open(sys.argv[2]))["launches"][0]
names = [record["variant"] for record in launch["records"]]
doubles = ["pairwise", "kahan", "exact"] if sys.argv[3:] == ["memory", "f64"] else []
assert names == ["serial", "simd", "openmp", "mpi", "hybrid", "chunked", "shared"] + doubles, names
assert len(launch["placement"]) == ranks
for record in launch["records"]:
    assert record["checked"] > 6 and record["failed"] == 0, record
    assert len(record["seconds"]) == 6 and all(len(row) == record["ranks"] for row in record["seconds"])
    assert sum(share["work_items"] for share in record["shares"]) == 100003
    assert sum(float(share["partial_result"]) for share in record["shares"]) == float(record["got"])
PYTHON
        done
    done
done

# The dump: default name, no overwriting, force, and the same table again from its raw samples.
run "$reduce" "${quick[@]}" --dump a.h5
expect 0 'dump'
says out 'dump: a.h5' 'dump'
grep -vE '^(warning|dump|[0-9]+ more warnings?): ' "$scratch/stdout" >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
refused 'a.h5' --dump a.h5
run "$reduce" "${quick[@]}" --dump a.h5 --force
expect 0 'force'
run "$reduce" "${quick[@]}"
expect 0 'default name'
default=(reduce-*-np1.h5)
[ -s "${default[0]}" ] || fail 'no dump under the default name'
run "$reduce" "${quick[@]}" --no-dump
[ "$(find . -name '*.h5' | wc -l)" -eq 2 ] || fail '--no-dump leaves a dump'
[ -z "$(find . -name '*.part')" ] || fail 'a .part file was left'

# Real values: the exact sum is Python's, on any number of ranks and threads; the plain ones are off.
exactly=("${doubles[@]}" --no-limits --repeats 6 -n 10007)
for data in whole uniform signed wide cancelling; do
    # shellcheck disable=SC2153 # from CTest
    sum=$(/usr/bin/python3 "$SOURCE/tests/common/exact_sum/exact_data.py" "$data" 10007)
    for ranks in 1 5 6 7 8; do
        [[ $ranks == 1 || $data == wide || ($ranks == 8 && $data == cancelling) ]] || continue
        run env OMP_NUM_THREADS=$((ranks == 1 ? 3 : 1)) mpirun -np "$ranks" "$reduce" "${exactly[@]}" --data "$data" \
            --no-dump --expect "$sum" --variants mpi,exact
        expect 0 "$data on $ranks ranks"
        says out "data $data" "$data on $ranks ranks"
        grep -qE '^exact .* exact bits  verified$' "$scratch/stdout" || fail "$data on $ranks ranks: no exact bits: $out"
    done
done
grep -qE '^mpi .*e\+[0-9]+ ulp  verified$' "$scratch/stdout" || fail "mpi loses nothing of cancelling data: $out"
run mpirun --quiet -np 2 "$reduce" "${exactly[@]}" --data wide --dump wide.h5 --expect 0x1.8p+3
expect 1 'an unexpected sum'
once 'not 0x1.8p+3 as --expect says' 'an unexpected sum'
says out 'warning: the exact sum is' 'an unexpected sum'
says out ' = -0x1.c449078d0a202p+299, checked' 'the bits of the answer'
grep -vE '^(warning|dump|[0-9]+ more warnings?): ' "$scratch/stdout" >table
run "$timings" show wide.h5
expect 0 'show'
grep -vE '^(warning|wide.h5): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table of errors'
run "$timings" validate wide.h5
expect 0 'validate'
run "$reduce" "${exactly[@]}" --data signed --no-dump --format json
expect 0 'errors in JSON'
/usr/bin/python3 - "$scratch/stdout" <<'PYTHON' || fail 'the errors in JSON'
import json, sys
for record in json.load(open(sys.argv[1]))["launches"][0]["records"]:
    errors, exact = record["observed"]["error_ulp"], record["variant"] == "exact"
    assert len(errors) == 6 and (not exact or set(errors) == {0}), record
    assert record["parameters"]["data"] == "signed", record
PYTHON

run "$reduce" "${quick[@]}" --no-dump --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
run "$reduce" "${quick[@]}" --no-dump --format csv
expect 0 'csv'
[ "$(wc -l <"$scratch/stdout")" -eq 8 ] || fail 'csv: not a row a variant'
run "$reduce" "${quick[@]}" --no-dump --proof --profile --variants mpi,chunked
expect 0 'proof and profile'
says out 'cpus allowed' 'proof'
says out 'draw a ticket' 'profile'
says out 'apps/reduce/variants/chunked.cpp:' 'profile'

# Placement: two ranks bound to a core each leave a hybrid rank no second core; a right launch is silent.
bound=(mpirun -np 2 --bind-to core "$reduce" "${quick[@]}" --no-dump --variants hybrid)
if [ "$("$machine")" -lt 2 ] || [ "$(env -u PACER_TOPOLOGY "$machine")" -lt 2 ]; then
    echo 'skipped: the placement of two ranks needs two cores'
else
    run "${bound[@]}"
    expect 0 'bound hybrid ranks'
    once 'bound to 1 core a rank' 'bound hybrid ranks'
    says err 'better: mpi' 'bound hybrid ranks'
    says out 'warning: Ranks 0-1' 'bound hybrid ranks'
    run "${bound[@]}" --strict-placement
    expect 2 'strict placement'
    once 'nothing was run' 'strict placement'
    [ -z "$out" ] || fail "strict placement: something was run: $out"
    run "$reduce" "${quick[@]}" --no-dump --strict-placement
    expect 0 'a right placement'
    [ -z "$err" ] || fail "a right placement: not silent: $err"
fi

# The progress line: on a terminal only.
/usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
    "$reduce" -n 1e6 --no-limits --no-dump --repeats 200 --variants serial >terminal || fail 'on a terminal: does not run'
grep -q 'serial, repeat' terminal || fail 'no progress line on a terminal'
run "$reduce" -n 1e6 --no-limits --no-dump --repeats 200 --variants serial
[ -z "$err" ] || fail "progress although stderr is no terminal: $err"

# Memory: the parts must fit, the baseline may be left out.
run mpirun -np 2 "$reduce" "${quick[@]}" --no-dump --source memory --memory 8e6
expect 0 'a baseline that does not fit'
says out 'not run: needs 7.6 MiB on rank 0' 'a baseline that does not fit'
run mpirun --quiet -np 2 "$reduce" "${quick[@]}" --no-dump --source memory --memory 7e6
expect 2 'parts that do not fit'
once 'use fewer elements or more nodes' 'parts that do not fit'

# Where processes may not read each other's memory, Open MPI 4 makes no window over an array.
run env OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none \
    mpirun -np 2 "$reduce" "${quick[@]}" --no-dump --source memory
expect 0 'no window over an array'
if [[ $(mpirun --version) == *'Open MPI) 4'* ]]; then
    says out 'not run: MPI makes no window over memory' 'no window over an array'
fi

if [ -c /dev/full ]; then
    status=0
    "$reduce" "${quick[@]}" --no-dump >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
fi

finish
