#!/usr/bin/env bash
# timings nodes as its users meet it: what it prints, and its exit status.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_nodes_test.sh build/release/tests/make_launches
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
tested=nodes
make_launches=$(realpath "${1:?the program make_launches}")
cd "$scratch"

prints_not() { ! grep -qF -- "$1" "$scratch/stdout" || fail "$what: says '$1': $out"; }

for number in 1 2 3; do
    "$make_launches" "node$number.h5" --host "node$number" --cases 2 --seed "$number"
done
"$make_launches" slow.h5 --host slow --cases 2 --seed 4 --slower 1.1 --slow-cases 1
"$make_launches" wrong.h5 --host wrong --cases 2 --seed 5 --wrong simd

ends_with 0 node?.h5
prints "3 nodes: none slower or wrong."
prints "as fast as the peers, within the margin: 6 of 6 (--all shows them)"
prints_not "node1"
ends_with 0 node?.h5 --all
[[ $(grep -c ' as fast$' <<<"$out") -eq 6 ]] || fail "$what: not 6 rows: $out"
ends_with 1 node?.h5 slow.h5
grep -qE '^slow is SLOWER than its peers: reduce/serial 1 x 1: 1\.(09|10|11). \(1\.0.. \.\. 1\.1..\)\.$' <<<"$out" ||
    fail "$what: does not name the node with effect and interval: $out"
prints "4 nodes: 1 slower or wrong."
ends_with 0 node?.h5 slow.h5 --margin 0.2
ends_with 0 node?.h5 slow.h5 --only reduce/simd
ends_with 1 node?.h5 wrong.h5
prints "wrong: reduce/simd 1 x 1: FAILED"

"$make_launches" lacks.h5 --host lacks --cases 1 --seed 6
ends_with 4 node?.h5 lacks.h5
prints "lacks: reduce/simd 1 x 1: MISSING"
"$make_launches" odd.h5 --host odd --cases 2 --seed 7 --cpu-model Xeon
ends_with 4 node?.h5 odd.h5
prints "other hardware  cpu_model: AMD EPYC on node1, node2, node3; Xeon on odd"
"$make_launches" once1.h5 --host once1 --launches 1
"$make_launches" once2.h5 --host once2 --launches 1 --seed 2
ends_with 3 once?.h5
prints "one launch cannot be compared"

ends_with 1 node?.h5 slow.h5 --format csv
python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) == 8, rows
slow, = [row for row in rows if row["verdict"] == "SLOWER"]
assert slow["node"] == "slow" and slow["peers_launches"] == "30" and slow["launches"] == "10", slow
assert float(slow["low"]) < float(slow["ratio"]) < float(slow["high"]) and float(slow["p"]) < 1e-4, slow' <<<"$out" ||
    fail "$what: $out"
ends_with 1 node?.h5 slow.h5 --format json
python3 -c '
import json, sys
told = json.load(sys.stdin)
assert len(told["rows"]) == 8 and "slow is SLOWER" in told["sentences"], told' <<<"$out" || fail "$what: $out"

ends_with 2
ends_with 2 node1.h5
says err "all launches ran on node1: there is no other node to compare it with" "$what"
ends_with 2 node1.h5 node1.h5
ends_with 2 missing.h5
ends_with 2 node?.h5 --margin 3
ends_with 2 node?.h5 --only /none
ends_with 2 node?.h5 --format xml
ends_with 0 --help

finish
