#!/usr/bin/env bash
# Dumps of format 1, one of every app, are read for good: their cases are those that the app has now, and merge
# writes them in the format of today. They were made by version 0.2.0 with the options, the threads and the
# topology given here.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$SOURCE/tests/support/lib.sh"
old=$SOURCE/tests/io/dump/format_1
cd "$scratch"
export OMP_NUM_THREADS=2 PACER_TOPOLOGY='l3:1(size=4MiB) core:2 l2:1(size=256KiB) l1d:1(size=32KiB) pu:1'

declare -A options=([reduce]='reduce -n 100000' [reduce_f64]='reduce -n 100000 --source memory --type f64'
    [memory]='memory -n 20000' [memory_sweep]='memory --sweep -n 100000' [overhead]='overhead -n 1000 --workers 2'
    [queues]='queues -n 40' [race]='race -n 20000' [syntax]='syntax -n 2000 --files 100' [fileio]='fileio -n 60')

for name in "${!options[@]}"; do
    # shellcheck disable=SC2086 # several words
    mpirun -np 2 "$BIN"/${options[$name]} --quiet --no-limits --repeats 1 --dump "$name.h5" 2>stderr ||
        fail "${options[$name]}: $(<stderr)"
    for format in 1 2; do
        file=$([[ $format == 1 ]] && echo "$old/$name.h5.gz" || echo "$name.h5")
        "$BIN/timings" export --format json "$file" -o "$name.$format.json"
        "$BIN/timings" validate "$file" >stdout || fail "$name: $(<stdout)"
        grep -q "format $format, checksums" stdout || fail "$name: $(<stdout)"
    done
    "$BIN/timings" merge "merged_$name.h5" "$old/$name.h5.gz" "$name.h5" >/dev/null
    "$BIN/timings" export --format json "merged_$name.h5" -o "$name.both.json"
    status=0
    "$BIN/timings" compare "$old/$name.h5.gz" --to "$name.h5" >compared || status=$?
    case $name in
    reduce_f64 | memory | memory_sweep)
        grep -q MISSING compared || fail "$name: cases are compared although their method changed"
        ;;
    *)
        [[ $status == [03] ]] || fail "$name: $(<compared)"
        ! grep MISSING compared || fail "$name: cases are missing"
        ;;
    esac
    python3 - "$name" <<'END' || fail "$name"
import json, sys

old, new, both = (json.load(open(f"{sys.argv[1]}.{kind}.json"))["launches"] for kind in ("1", "2", "both"))
def cases(launch):
    return sorted((r["app"], r["variant"], r["ranks"], r["threads"],
                   sorted((k, v) for k, v in r["parameters"].items() if k != "method")) for r in launch["records"])
# The cases whose method changed since, which are never compared with the old ones; all others are as they were.
def changed(record):
    parameters = record["parameters"]
    if record["app"] == "memory":
        return parameters["experiment"] not in ("write", "fresh")
    if record["app"] == "syntax":
        return parameters["idiom"] == "nesting" and int(parameters["elements"]) <= 10
    return parameters.get("source") == "memory" and parameters.get("data", "whole") == "whole"
for record in new[0]["records"]:
    assert ("method" in record["parameters"]) == changed(record), record["parameters"]
assert not any("method" in record["parameters"] for record in old[0]["records"])
assert cases(old[0]) == cases(new[0]), [c for c in cases(old[0]) + cases(new[0])
                                         if (c in cases(old[0])) != (c in cases(new[0]))]
assert both == old + new, "merged launches differ"
END
done
ran=$(python3 -c '
import json
print(*{r["app"] for name in ("reduce", "overhead") for r in json.load(open(f"{name}.1.json"))["launches"][0]["records"]})')
[[ $(wc -w <<<"$ran") == 2 ]] || fail "of two apps: $ran"

# Several launches in one file
"$BIN/timings" validate "$old/merged.h5.gz" >stdout
grep -q 'right: format 1, checksums, 3 launches, 6 cases' stdout || fail "merged: $(<stdout)"

# A flipped byte anywhere, and a cut, are errors.
gzip -dc "$old/fileio.h5.gz" >whole.h5
python3 - <<'END'
data = open("whole.h5", "rb").read()
for number, at in enumerate(range(20, len(data), len(data) // 40)):
    flipped = bytearray(data)
    flipped[at] ^= 0x10
    open(f"flipped{number}.h5", "wb").write(flipped)
open("flipped_cut.h5", "wb").write(data[:-1])
END
for flipped in flipped*.h5; do
    ! "$BIN/timings" show "$flipped" >/dev/null 2>stderr || fail "$flipped was read"
    [[ $(wc -l <stderr) == 1 ]] || fail "$flipped: $(<stderr)"
done

finish
