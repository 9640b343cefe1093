#!/usr/bin/env bash
# timings as its users meet it: what it prints, and its exit status.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_cli_test.sh build/release/tests/make_dump
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
make_dump=$(realpath "${1:?the program make_dump}")
[[ -x $timings && -x $make_dump ]] || { echo "timings or make_dump is missing: build first" && exit 1; }
mkdir "$scratch/here"
cd "$scratch/here"

for kind in right wrong items partials words rounded racy unchecked idle typical; do
    "$make_dump" $kind $kind.h5 >made
done
head -c 2000 right.h5 >cut.h5
echo 'seconds' >text.h5
: >empty.h5

# Usage
for nothing in '' --; do
    # shellcheck disable=SC2086 # no word at all, or one
    ends_with 2 $nothing
    warns 'no command given; choose from show, export, validate'
done
ends_with 2 frobnicate
warns "unknown command 'frobnicate'; choose from show, export, validate"
ends_with 2 --frobnicate
warns 'see timings --help'
ends_with 2 show --frobnicate right.h5
warns 'see timings show --help'
for command in show export validate; do
    ends_with 2 $command
    warns 'FILE is required'
    ends_with 0 $command --help
    prints FILE
done
ends_with 0 --help
for command in show export validate; do prints "  $command "; done
ends_with 0 --version
grep -qE '^timings \(Pacer\) [0-9]+\.[0-9]+\.[0-9]+' <<<"$out" || fail "--version: $out"

# What cannot be read
for command in show export validate; do
    ends_with 2 $command missing.h5
    warns 'cannot read missing.h5: No such file or directory'
    ends_with 2 $command .
    warns 'it is a folder'
    ends_with 2 $command empty.h5
    warns 'the file is empty'
    ends_with 2 $command text.h5
    warns 'it is not an HDF5 file'
    ends_with 2 $command cut.h5
    warns 'cut or damaged'
done

# show
ends_with 0 show right.h5 wrong.h5
prints 'right.h5: launch 20261122T120721Z-00000001'
prints 'wrong.h5: launch 20261122T120721Z-00000001'
prints 'not run: it needs 2 ranks'
prints 'WRONG 1 of 4'
prints 'warning: drift: the last third is slower'
ends_with 0 show --environment --proof right.h5
prints 'command_line              mpirun -np 3 ./reduce'
prints 'node-two'

# Every form of a table, on standard output or in a file
for command in 'show right.h5' 'noise right.h5' 'summary right.h5'; do
    for format in table csv json markdown html; do
        # shellcheck disable=SC2086 # several words
        run "$timings" $command --format $format
        what="timings $command --format $format"
        [[ $status != 2 && -n $out && -z $err ]] || fail "$what: $status: $err"
        cp "$scratch/stdout" printed
        case $format in
            csv) python3 -c 'import csv; rows = list(csv.reader(open("printed"))); assert len(set(map(len, rows))) == 1' ;;
            json) python3 -c 'import json; assert json.load(open("printed"))' ;;
            markdown) grep -qE '^\|(:--|--:)' printed ;;
            html) grep -q '^<!DOCTYPE html>' printed && grep -q '</table>' printed ;;
        esac || fail "$what: $out"
        # shellcheck disable=SC2086
        run "$timings" $command --format $format -o written
        [[ -z $out ]] || fail "$what -o: printed $out"
        cmp printed written || fail "$what -o: wrote something else"
    done
done
ends_with 2 show right.h5 --format xml
warns xml
ends_with 2 summary right.h5 -o ./right.h5
warns 'would overwrite the dump'
ends_with 0 summary right.h5 --format json
python3 -c '
import json, sys
told = json.load(sys.stdin)
assert set(told) == {"document", "headlines", "best", "warnings", "status"} and told["warnings"][0]["launches"] == 1, told' <<<"$out" ||
    fail "$what: $out"

# export
ends_with 0 export right.h5
[[ $(wc -l <<<"$out") == $((1 + 4 + 4 * 3)) ]] || fail "export: $(wc -l <<<"$out") lines"
prints 'launch,app,variant,ranks,threads,parameters,repeat,round,rank,seconds'
ends_with 2 show right.h5 --doubts --format csv
warns 'are for people;'
ends_with 0 export right.h5 typical.h5 --format summary-csv
[[ $(wc -l <<<"$out") == $((1 + 3 + 7)) ]] || fail "export --format summary-csv: $(wc -l <<<"$out") lines"
prints ',minimum_seconds,p95_seconds,maximum_seconds,'
ends_with 0 export --help
prints 'summary-csv: a row for each case'
ends_with 0 export right.h5 --format json
python3 -c '
import json, sys
launch = json.load(sys.stdin)["launches"][0]
assert launch["circumstances"]["cores"] == -64
assert len(launch["records"][1]["seconds"]) == 4' <<<"$out" || fail "export --format json: $out"
ends_with 2 export right.h5 --format xml
warns xml
ends_with 0 export right.h5 -o table.csv
[[ -z $out ]] || fail "export -o printed $out"
ends_with 0 export right.h5
cmp "$scratch/stdout" table.csv || fail "export -o wrote something else"
ends_with 2 export right.h5 -o ./right.h5
warns 'would overwrite the dump'
ends_with 2 export right.h5 -o missing/table.csv
warns 'cannot write missing/table.csv'
ends_with 2 export right.h5 -o /dev/full
warns 'cannot write /dev/full: No space left on device'

# validate
ends_with 0 validate right.h5 typical.h5
prints 'right.h5: right: format 2, checksums, 1 launch, 3 cases (1 not run), 16 samples'
prints 'typical.h5: right: format 2, checksums, 1 launch, 7 cases (0 not run), 560 samples'
ends_with 1 validate right.h5 wrong.h5
prints 'wrong.h5: WRONG'
prints 'reduce hybrid on 3 x 2 failed 1 of 4 checks: got 7, want 8'
ends_with 1 validate items.h5
prints 'reduce hybrid on 3 x 2 has shares of 754 items in all, not 753'
ends_with 1 validate partials.h5
prints 'has partial results that add up to 10633823966279326980924856586993369087, not 10633823966279326980924856586993369088'
ends_with 1 validate words.h5
prints 'has partial results that are not numbers'
ends_with 0 validate rounded.h5 racy.h5
ends_with 1 validate unchecked.h5
prints 'reduce hybrid on 3 x 2 was never checked'
ends_with 1 validate idle.h5
prints 'nothing was run'
ends_with 2 validate cut.h5 wrong.h5 right.h5
prints 'wrong.h5: WRONG'
prints 'right.h5: right'

# Standard output that is full, closed, or no longer read
to_full() { "$timings" "$@" >/dev/full; }
to_closed() { "$timings" "$@" >&-; }
for arguments in --help --version 'show right.h5' 'export right.h5' 'validate right.h5'; do
    # shellcheck disable=SC2086 # several words
    run to_full $arguments
    expect 2 "timings $arguments >/dev/full"
    says err 'cannot write to standard output: No space left on device' "timings $arguments >/dev/full"
    # shellcheck disable=SC2086
    run to_closed $arguments
    expect 2 "timings $arguments >&-"
done
many=() # more output than a pipe holds
for ((i = 0; i < 50; ++i)); do many+=(typical.h5); done
"$timings" export "${many[@]}" 2>err | head -n 1 >out || true
[[ ! -s err ]] || fail "timings export | head: $(cat err)"
(trap '' PIPE && "$timings" export "${many[@]}" 2>err | head -n 1 >out) ||
    fail "timings export | head, SIGPIPE ignored: a failure"
[[ ! -s err ]] || fail "timings export | head, SIGPIPE ignored: $(cat err)"

finish
