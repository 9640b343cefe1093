#!/usr/bin/env bash
# timings scaling as its users meet it, on real launches of reduce: what it prints, and its exit status.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_scaling_test.sh
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
tested=scaling
bin=$(realpath "${BIN:?the folder of the programs}")
cd "$scratch"

# launch RANKS ELEMENTS DUMP: on a machine that believes to have a core for each rank, or the laws would leave some out.
launch() {
    PACER_TOPOLOGY="l3:1(size=8MiB) core:8 pu:1" OMP_NUM_THREADS=1 mpirun -np "$1" "$bin/reduce" -n "$2" --variants serial,simd,mpi --repeats 3 --no-limits \
        --quiet --dump "$3" >launched 2>&1 || fail "mpirun -np $1 reduce: $(cat launched)"
}
for ranks in 1 2 3 4; do launch $ranks 100000 strong$ranks.h5; done
for ranks in 2 4; do launch $ranks $((100000 * ranks)) weak$ranks.h5; done

# The table
ends_with 0 strong?.h5
prints 'reduce/mpi  strong scaling  elements 100000'
prints 'speedup and efficiency (%) against'
prints "Amdahl's law: "
prints 'Universal Scalability Law: contention'
prints "95 % intervals of times and of the laws' parameters need 6 launches"
[[ $(grep -cE '^ *[1-4] x 1 +1 ' <<<"$out") == 4 ]] || fail "not 4 points: $out"
grep -q 'reduce/serial' <<<"$out" && fail "a variant on one core has no scaling: $out"
ends_with 0 strong1.h5 strong2.h5
prints "note: 2 numbers of cores: Amdahl's law needs 3"
ends_with 0 strong1.h5 weak?.h5
prints 'reduce/mpi  weak scaling'
prints 'elements 100000 per core'

# --only
ends_with 0 strong?.h5 --only /mpi
prints 'reduce/mpi  strong'
ends_with 0 --only reduce/mpi strong?.h5 # what follows is a file
ends_with 2 strong?.h5 --only reduce/none
warns reduce/none
ends_with 2 strong?.h5 --only /simd
warns 'nothing here ran on different numbers of cores'

# Formats, as others read them
ends_with 0 strong?.h5 --format csv
python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert [row["cores"] for row in rows] == ["1", "2", "3", "4"], rows
for row in rows:
    assert row["app"] == "reduce" and row["variant"] == "mpi" and row["scaling"] == "strong", row
    # Over pairs of launches, so not quite the ratio of the two medians.
    assert abs(float(row["speedup"]) * float(row["median_seconds"]) / float(row["base_seconds"]) - 1) < 0.2, row
    assert abs(float(row["speedup"]) / int(row["cores"]) / float(row["efficiency"]) - 1) < 1e-9, row
    assert row["interval_low_seconds"] == "" and float(row["imbalance"]) >= 1, row
    assert float(row["universal_speedup"]) > 0, row' <<<"$out" || fail "--format csv: $out"
ends_with 0 strong?.h5 --format json
python3 -c '
import json, sys
series, = json.load(sys.stdin)["series"]
assert series["base"]["cores"] == 1 and series["scaling"] == "strong", series
assert len(series["points"]) == 4 and series["points"][0]["seconds"]["low"] is None, series
assert 0 <= series["amdahl"]["serial_fraction"] <= 1, series
assert series["universal"]["contention"] >= 0 and series["universal"]["coherency"] >= 0, series' <<<"$out" ||
    fail "--format json: $out"
ends_with 0 strong?.h5 weak?.h5 --format extra-p -o points.jsonl
[[ -z $out ]] || fail "-o printed $out"
python3 -c '
import collections, json, sys
paths = collections.defaultdict(list)
for line in open("points.jsonl"):
    point = json.loads(line)
    assert set(point) == {"params", "callpath", "metric", "value"}, point
    assert point["metric"] == "time" and list(point["params"]) == ["p"], point
    assert all(isinstance(value, float) for value in point["value"]), point
    paths[point["callpath"]].append((point["params"]["p"], len(point["value"])))
assert sorted(map(sorted, paths.values())) == [[(1, 1), (2, 1), (3, 1), (4, 1)], [(1, 1), (2, 1), (4, 1)]] \
    or list(paths) == ["reduce->mpi"], paths
assert all(path.startswith("reduce->mpi") for path in paths), paths' || fail "--format extra-p: $(cat points.jsonl)"
ends_with 2 strong?.h5 --format xml
warns xml
cp strong1.h5 mine.h5
ends_with 2 mine.h5 strong2.h5 -o ./mine.h5
warns 'would overwrite the dump'
ends_with 2 strong?.h5 -o missing/table.csv
warns 'cannot write missing/table.csv'
ends_with 2 strong?.h5 -o /dev/full
warns 'No space left on device'

# What cannot be
ends_with 2
warns 'FILE is required'
ends_with 2 strong1.h5
warns 'nothing here ran on different numbers of cores'
ends_with 2 strong1.h5 strong1.h5 strong2.h5
warns 'strong1.h5'
ends_with 2 missing.h5
warns 'cannot read missing.h5'
ends_with 0 --help
prints 'extra-p'

finish
