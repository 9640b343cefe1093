#!/usr/bin/env bash
# storage as its users type it, on file systems of several kinds. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

storage=$BIN/storage
timings=$BIN/timings
quick=(--no-limits --repeats 3 --max-seconds 5 -n 37Ki --block 4Ki --files 23) # on a slow disk fewer
cd "$scratch"
mkdir here

run "$storage" --help
expect 0 'help'
says out '--folder' 'help'
run "$storage" --list
expect 0 'list'
[ "$(grep -cE ' (1 core|all ranks) ' <<<"$out")" -eq 18 ] || fail "not 18 variants: $out"

clean() { # clean WHAT: no folder of a launch is left
    [ -z "$(find "$scratch" -name 'pacer-storage-*' -print -quit)" ] || fail "$1: leaves $(find "$scratch" -name 'pacer-storage-*')"
}
refused() { # refused TEXT ARGUMENTS...: status 2, one sentence on stderr, nothing on stdout
    local text=$1
    shift
    run mpirun --quiet -np 2 "$storage" --no-dump "$@"
    expect 2 "storage $*"
    once "$text" "storage $*"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "storage $*: more than a sentence: $err"
    [ -z "$out" ] || fail "storage $*: prints although it refuses: $out"
    clean "storage $*"
}
refused "unknown option '--folders'" --folders here
refused "-n wants a multiple of 512 bytes" -n 1000
refused "-n wants a multiple of 512 bytes" -n 0
refused "--block wants a multiple of 512 bytes" --block 100
refused "--files wants 1 file at least" --files 0
refused "cannot write missing: No such file or directory; create its folder first" --folder missing
touch file
refused "cannot write $scratch/file: Not a directory" --folder file

# judge RANKS FILE: what the JSON of a launch of all variants says.
judge() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import json, sys
ranks = int(sys.argv[1])
records = json.load(open(sys.argv[2]))["launches"][0]["records"]
actions = {"write": "files shared", "fsync": "files shared", "read": "files shared",
           "create": "folders shared", "stat": "folders shared", "unlink": "folders shared"}
want = [(action, name) for action, ways in actions.items()
        for name in [action] + [f"{action}_{way}" for way in ways.split()]]
assert [(record["parameters"]["action"], record["variant"]) for record in records] == want
for record in records:
    about, observed = record["parameters"], record["observed"]
    alone = record["variant"] == about["action"]
    assert record["ranks"] == (1 if alone else ranks) and record["threads"] == 1, record
    size = about["bytes"] if "bytes" in about else about["files"]
    assert size == (37 * 1024 if "bytes" in about else 23) and about.get("block", 4096) == 4096, about
    assert sum(share["work_items"] for share in record["shares"]) == size, record
    repeats = len(record["seconds"])
    assert record["checked"] > repeats and record["failed"] == 0 and 1 <= repeats <= 3, record
    assert not record["limit_seconds"], record
    if about["action"] == "read":
        assert about["from"] in ("storage", "cache"), about
        assert observed["own_node_percent"] == [100] * repeats, observed  # it is the only node
        if about["from"] == "cache":
            assert min(observed["cached_percent"]) > 50, observed
    assert set(observed) == {"read": {"cached_percent", "own_node_percent"},
                             "fsync": {"unsynced_percent"}}.get(about["action"], set()), observed
PYTHON
}
for ranks in 1 2 3 4; do
    run mpirun -np "$ranks" "$storage" "${quick[@]}" --folder here --no-dump --format json
    expect 0 "all variants on $ranks ranks"
    judge "$ranks" "$scratch/stdout" || fail "all variants on $ranks ranks: the JSON"
    clean "all variants on $ranks ranks"
done
run mpirun -np 4 "$storage" "${quick[@]}" -n 512 --files 1 --no-dump
expect 0 'fewer blocks and files than ranks'
clean 'fewer blocks and files than ranks'

# The dump, and the same table again from its raw samples.
run mpirun -np 2 "$storage" "${quick[@]}" --dump a.h5
expect 0 'dump'
grep -vE '^(warning|dump|[0-9]+ more warnings?): ' "$scratch/stdout" >table
run "$timings" show a.h5
expect 0 'show'
grep -vE '^(warning|a.h5): ' "$scratch/stdout" | diff -B - table >&2 || fail 'timings show prints another table'
run "$timings" validate a.h5
expect 0 'validate'
run "$timings" summary a.h5
says out 'written to storage, with fsync' 'summary'
run "$storage" "${quick[@]}" --no-dump --quiet
expect 0 'quiet'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"

# A reader who leaves ends the launch, but no files stay; nor do they after a signal, whatever was being done.
"$storage" "${quick[@]}" --no-dump 2>"$scratch/stderr" | true || true
clean 'a reader who leaves'
interrupted TERM mpirun -np 2 "$storage" --no-limits --repeats 1000000 --max-seconds 60 -n 64Ki --files 20 --no-dump
expect 75 'a signal while variants run'
says out 'stopped early by a signal' 'a signal while variants run'
clean 'a signal while variants run'
"$storage" --no-limits --no-dump -n 64Mi --block 512 --problems read >stopped 2>&1 &
launched=$!
while kill -0 "$launched" && [ -z "$(find . -path './pacer-storage-*/2-files-0.0')" ]; do sleep 0.02; done
kill -TERM "$launched"
status=0
wait "$launched" || status=$?
[ "$status" -eq 75 ] || fail "a signal while files are written: status $status: $(cat stopped)"
clean 'a signal while files are written'
if [ -c /dev/full ]; then
    status=0
    "$storage" "${quick[@]}" --no-dump >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
    clean 'a full standard output'
fi

# File systems made here, in a namespace of the commands that use them: a small one in memory, and one with few files.
in_memory() { # in_memory OPTIONS COMMAND...: with a file system at ./memory, which must be empty in the end
    # shellcheck disable=SC2016 # for the shell in the namespace
    run unshare --mount bash -c 'mount -t tmpfs -o "$1" pacer memory && shift || exit 77
        status=0; "$@" || status=$?
        [ -z "$(ls -A memory)" ] || { echo "leaves $(ls -A memory)" && exit 70; }
        exit "$status"' - "$@"
}
mkdir memory
in_memory size=1m true
if [ "$status" -eq 0 ]; then
    in_memory size=8m mpirun -np 2 "$storage" "${quick[@]}" --folder memory --dump memory.h5
    expect 0 'a file system in memory'
    says out 'from cache' 'a file system in memory'
    says out "read from the nodes' memory" 'a file system in memory'
    says out 'read_files (100 %)' 'a file system in memory'
    run "$timings" summary memory.h5
    [[ $out != *'read from storage'* ]] || fail "takes memory for storage: $out"
    run "$timings" export memory.h5 --format json
    for fact in '"storage_type": "tmpfs"' '"storage_source": "pacer"' "\"storage_mounted_on\": \"$scratch/memory\"" 'size=8192k'; do
        says out "$fact" 'the facts of a file system'
    done
    in_memory size=9m mpirun -np 2 "$storage" "${quick[@]}" --folder memory --dump other.h5
    run "$timings" compare memory.h5 --to other.h5
    says out 'size=8192k' 'a file system that was mounted otherwise'
    says out 'size=9216k' 'a file system that was mounted otherwise'

    in_memory size=1m mpirun --quiet -np 2 "$storage" --folder memory -n 2Mi --no-dump --variants write
    expect 2 'a full file system'
    once 'No space left on device; free some space there' 'a full file system'
    [ -z "$out" ] || fail "a full file system: $out"
    few=("size=1m,nr_inodes=40" mpirun --quiet -np 2 "$storage" --folder memory -n 4Ki --files 200 --no-dump)
    in_memory "${few[@]}" --variants create_shared
    expect 2 'a file system without room for files, met by all'
    once 'No space left on device' 'a file system without room for files, met by all'
    in_memory "${few[@]}" --variants create
    expect 1 'a file system without room for files, met by rank 0 alone'
    once 'running variant create: cannot write' 'a file system without room for files, met by rank 0 alone'

    # A folder that another node has, too, but not the same one.
    # shellcheck disable=SC2016 # for the shell in the namespace
    run mpirun --quiet -np 1 "$storage" --folder memory --no-dump : \
        -np 1 unshare --mount bash -c 'mount -t tmpfs other memory && exec "$@"' - "$storage" --folder memory --no-dump
    expect 2 'a folder that is not shared'
    once 'which rank 0 has made: --folder names one that all nodes share' 'a folder that is not shared'
    clean 'a folder that is not shared'
else
    without "no file system can be mounted here, so full ones and those in memory are not tested"
fi
finish
