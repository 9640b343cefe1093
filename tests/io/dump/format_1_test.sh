#!/usr/bin/env bash
# Dumps of format 1, one of every app, are read for good: their cases are those that the app has now, and merge
# writes them in the format of today. They were made by version 0.2.0 with the options, the threads and the
# topology given here. Cases that are timed by another method now have another name, and are told here one by one.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$SOURCE/tests/support/lib.sh"
old=$SOURCE/tests/io/dump/format_1
cd "$scratch"
export OMP_NUM_THREADS=2 PACER_TOPOLOGY='l3:1(size=4MiB) core:2 l2:1(size=256KiB) l1d:1(size=32KiB) pu:1'

declare -A options=([reduce]='reduce -n 100000' [reduce_f64]='reduce -n 100000 --source memory --type f64'
    [memory]='memory -n 20000' [memory_sweep]='memory --sweep -n 100000' [overhead]='overhead -n 1000 --workers 2'
    [queues]='queues -n 40' [race]='race -n 20000 --window-increments 20000' [syntax]='syntax -n 2000 --files 100'
    [fileio]='fileio -n 60 --variants serial,openmp,master_worker,hybrid,scatter,parallel_read') # segments came later

# Ping-pong runs without pauses, a repeat is the median of its calls, ranks meet between the executions of a batch, and
# what is read from memory follows no rule.
declare -A changed=([overhead]='openmp_region openmp_barrier barrier copy pingpong reduce allreduce'
    [reduce]='mpi shared' [race]=mpi_reduce [memory_sweep]='chase read triad'
    [syntax]="$(echo {all_conditions,continue,nested}:{4,10})" # by elements; those were not run
    [reduce_f64]='chunked exact hybrid kahan mpi openmp pairwise serial shared simd'
    [memory]="chase chases $(echo column_{major,padded,blocked}) $(echo {copy,read,triad}{,_threads,_ranks,_hybrid})
    $(echo {copy,triad}_nontemporal) pages_small pages_huge prefetch random row_major sequential
    $(echo stride_{8,16,32,64,128,256,512,1024})")

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
    missing=${changed[$name]-}
    missing=${missing/pages_huge/} # not run: the array is smaller than a huge page
    [[ $name != syntax ]] || missing=
    # Cases are missing, or it was another machine; or one launch cannot be compared.
    want=$([[ -n $missing ]] && echo '^4$' || echo '^[34]$')
    "$BIN/timings" compare "$old/$name.h5.gz" --to "$name.h5" >compared || [[ $? =~ $want ]] || fail "$name: $(<compared)"
    if [[ -z $missing ]] && grep MISSING compared; then fail "$name: cases are missing"; fi
    for case in $missing; do
        grep -E "MISSING.*/$case\b|/$case\b.*MISSING" compared >/dev/null || fail "$name: $case was compared: $(<compared)"
    done
    python3 - "$name" "${changed[$name]-}" <<'END' || fail "$name"
import json, sys

changed = set(sys.argv[2].split())
old, new, both = (json.load(open(f"{sys.argv[1]}.{kind}.json"))["launches"] for kind in ("1", "2", "both"))
def key(record, *without):
    parameters = sorted(item for item in record["parameters"].items() if item[0] not in without)
    return record["app"], record["variant"], record["ranks"], record["threads"], parameters
def cases(launch, *without):
    return sorted(key(record, *without) for record in launch["records"])
assert cases(old[0], "method", "distance") == cases(new[0], "method", "distance"), [
    c for c in cases(old[0]) + cases(new[0]) if (c in cases(old[0])) != (c in cases(new[0]))]
kept = cases(new[0])
def name(record):
    return record["variant"] + (f":{record['parameters']['elements']}" if record["app"] == "syntax" else "")
differ = {name(record) for record in old[0]["records"] if key(record) not in kept}
same = {name(record) for record in old[0]["records"] if key(record) in kept}
assert differ == changed, f"{sorted(differ)} have another key, not {sorted(changed)}"
assert not same & changed, f"{sorted(same & changed)} are still compared"
assert both == old + new, "merged launches differ"
END
done
ran=$(python3 -c '
import json
print(*{r["app"] for name in ("reduce", "overhead") for r in json.load(open(f"{name}.1.json"))["launches"][0]["records"]})')
[[ $(wc -w <<<"$ran") == 2 ]] || fail "of two apps: $ran"

# The load of a launch is told once, though the sentences of format 1 tell it as well as its facts do.
"$BIN/timings" report "$old/memory.h5.gz" "$old/overhead.h5.gz" "$old/race.h5.gz" -o report.html >/dev/null
grep -o 'other processes took [^ ]* %' report.html >loads || true
[[ $(<loads) == 'other processes took 76–89 %' ]] || fail "loads: $(<loads)"
"$BIN/timings" show --doubts "$old/memory.h5.gz" >shown
[[ $(grep -c "took 76 % of this host's CPU time" shown) == 1 ]] || fail "the load is not told: $(grep 'other processes' shown)"

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
