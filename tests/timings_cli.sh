#!/usr/bin/env bash
# timings as its users meet it: what it prints, and its exit status.
#
#     BIN=build/release/bin tests/timings_cli.sh build/release/tests/make_dump
set -euo pipefail

: "${BIN:?the folder of the programs}"
BIN=$(realpath "$BIN")
make_dump=$(realpath "${1:?the program make_dump}")
[[ -x $BIN/timings && -x $make_dump ]] || { echo "timings or make_dump is missing: build first" && exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# expect STATUS ARGUMENT...: runs timings; what it printed is left in the files out and err.
expect() {
    local wanted=$1 status=0
    shift
    "$BIN/timings" "$@" >out 2>err </dev/null || status=$?
    ((status == wanted)) || fail "timings $*: exit status $status, not $wanted: $(cat out err)"
    ((wanted != 2)) || { [[ $(wc -l <err) == 1 ]] && grep -q '^timings: ' err; } ||
        fail "timings $*: not one line on stderr: $(cat err)"
    ((wanted == 2)) || [[ ! -s err ]] || fail "timings $*: $(cat err)"
}

# says FILE TEXT: the file that expect left holds the text.
says() { grep -qF -- "$2" "$1" || fail "no '$2' in what was printed: $(cat "$1")"; }

for kind in right wrong unchecked idle typical; do "$make_dump" $kind $kind.h5 >made; done
head -c 2000 right.h5 >cut.h5
echo 'seconds' >text.h5
: >empty.h5

# Usage
expect 2
says err 'name a command: show, export, validate'
expect 2 frobnicate
says err "no command is called 'frobnicate'; there are show, export, validate"
expect 2 --frobnicate
says err 'timings --help lists the options'
expect 2 show --frobnicate right.h5
says err 'timings show --help lists the options'
for command in show export validate; do
    expect 2 $command
    says err 'FILE is required'
    expect 0 $command --help
    says out FILE
done
expect 0 --help
for command in show export validate; do says out "  $command "; done
expect 0 --version
grep -qE '^timings \(Pacer\) [0-9]+\.[0-9]+\.[0-9]+' out || fail "--version: $(cat out)"

# What cannot be read
for command in show export validate; do
    expect 2 $command missing.h5
    says err 'cannot read missing.h5: No such file or directory'
    expect 2 $command .
    says err 'it is a folder'
    expect 2 $command empty.h5
    says err 'the file is empty'
    expect 2 $command text.h5
    says err 'it is not an HDF5 file'
    expect 2 $command cut.h5
    says err 'cut, damaged'
done

# show
expect 0 show right.h5 wrong.h5
says out 'right.h5: launch 20261122T120721Z-00000001'
says out 'wrong.h5: launch 20261122T120721Z-00000001'
says out 'not run: it needs 2 ranks'
says out 'WRONG 1 of 4'
says out 'warning: drift: the last third is slower'
expect 0 show --circumstances --proof right.h5
says out 'command_line              mpirun -np 3 ./reduce'
says out 'node-two'

# export
expect 0 export right.h5
[[ $(wc -l <out) == $((1 + 4 + 4 * 3)) ]] || fail "export: $(wc -l <out) lines"
says out 'launch,app,variant,ranks,threads,parameters,repeat,round,rank,seconds'
expect 0 export right.h5 --format json
python3 -c '
import json, sys
launch = json.load(open(sys.argv[1]))["launches"][0]
assert launch["circumstances"]["cores"] == -64
assert len(launch["records"][1]["seconds"]) == 4' out || fail "export --format json: $(cat out)"
expect 2 export right.h5 --format xml
says err xml
mv out printed
expect 0 export right.h5 -o table.csv
[[ ! -s out ]] || fail "export -o printed $(cat out)"
expect 0 export right.h5
cmp out table.csv || fail "export -o wrote something else"
expect 2 export right.h5 -o ./right.h5
says err 'would overwrite the dump'
expect 2 export right.h5 -o missing/table.csv
says err 'cannot write missing/table.csv'
expect 2 export right.h5 -o /dev/full
says err 'cannot write /dev/full: No space left on device'

# validate
expect 0 validate right.h5 typical.h5
says out 'right.h5: right: format 1, checksums, 1 launch, 3 cases (1 not run), 16 samples'
says out 'typical.h5: right: format 1, checksums, 1 launch, 7 cases (0 not run), 560 samples'
expect 1 validate right.h5 wrong.h5
says out 'wrong.h5: WRONG'
says out 'reduce hybrid on 3 x 2 failed 1 of 4 checks: got 7, want 8'
expect 1 validate unchecked.h5
says out 'reduce hybrid on 3 x 2 was never checked'
expect 1 validate idle.h5
says out 'nothing was run'
expect 2 validate cut.h5 wrong.h5 right.h5
says out 'wrong.h5: WRONG'
says out 'right.h5: right'

# Standard output that is full, closed, or no longer read
for arguments in --help --version 'show right.h5' 'export right.h5' 'validate right.h5'; do
    status=0
    # shellcheck disable=SC2086 # several words
    "$BIN/timings" $arguments >/dev/full 2>err || status=$?
    [[ $status == 2 ]] || fail "timings $arguments >/dev/full: exit status $status"
    says err 'cannot write to standard output: No space left on device'
    status=0
    # shellcheck disable=SC2086
    "$BIN/timings" $arguments >&- 2>err || status=$?
    [[ $status == 2 ]] || fail "timings $arguments >&-: exit status $status"
done
many=() # more output than a pipe holds
for ((i = 0; i < 50; ++i)); do many+=(typical.h5); done
"$BIN/timings" export "${many[@]}" 2>err | head -n 1 >out || true
[[ ! -s err ]] || fail "timings export | head: $(cat err)"
(trap '' PIPE && "$BIN/timings" export "${many[@]}" 2>err | head -n 1 >out) ||
    fail "timings export | head, SIGPIPE ignored: a failure"
[[ ! -s err ]] || fail "timings export | head, SIGPIPE ignored: $(cat err)"

((failures == 0)) && echo "timings behaves"
