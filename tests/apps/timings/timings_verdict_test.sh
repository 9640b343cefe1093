#!/usr/bin/env bash
# timings verdict: its first lines, its tables, and how it ends.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_verdict_test.sh build/release/tests/make_launches
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
tested=verdict
make_launches=$(realpath "${1:?the program make_launches}")
cd "$scratch"

line() { sed -n "$1p" "$scratch/stdout"; }
# begins NUMBER TEXT: that line does.
begins() { [[ $(line "$1") == "$2"* ]] || fail "$what: line $1 does not begin with '$2': $(line "$1")"; }

seed=0
make() { "$make_launches" "$1" --seed $((++seed)) "${@:2}"; }
make base.h5 --cases 4
make same.h5 --cases 4
make slow.h5 --cases 4 --slower 2 --slow-cases 1
make fewer.h5 --cases 3
make wrong.h5 --cases 4 --wrong simd
make wild.h5 --cases 4 --launches 6 --between 0.3
make large.h5 --cases 2 --elements 134217728
make large_too.h5 --cases 2 --elements 134217728
make one.h5 --launches 1
make xeon.h5 --launches 1 --cpu-model Xeon
make elsewhere.h5 --launches 1 --host node2

ends_with 0 base.h5 same.h5
begins 1 "AS FAST AS BEFORE: none of 4 cases got slower"
begins 2 "undisturbed: others took no more than 5 % of the cores in any launch"
begins 3 "worst: nothing got slower, wrong or lost"
begins 4 "next: give node1 back to the users"
prints "as before, within the margin: 4 of 4 (--all shows them)"
ends_with 0 base.h5 same.h5 --all
[[ $(grep -c ' equivalent\| as before$' "$scratch/stdout") -eq 4 ]] || fail "$what: not 4 rows: $out"

ends_with 1 base.h5 large.h5 --to slow.h5 large_too.h5
begins 1 "SLOWER: 1 of 6 cases got slower"
[[ $(line 3) =~ ^worst\ on\ node1:\ .*:\ [0-9.]+\ -\>\ [0-9.]+\ [A-Za-z/]+\ \(0\.(4|5)[0-9]*x\)$ ]] ||
    fail "$what: does not name the worst with its figures: $(line 3)"
begins 4 "next: keep node1 from users"
prints "what this machine can do"
prints "integers summed, 1 core"
prints "reduce/serial 1 x 1, elements 1e6 " # as short as tells it apart
[[ $(wc -L <<<"$(sed 1,4d "$scratch/stdout")") -le 120 ]] || fail "$what: wider than 120 columns: $out"
ends_with 1 base.h5 large.h5 --to slow.h5 large_too.h5 --format json
python3 -c '
import json, sys
told = json.load(sys.stdin)
assert told["status"] == 1 and len(told["cases"]) == 6 and told["verdict"].startswith("SLOWER"), told
assert told["cases"][0]["verdict"] == "SLOWER" and 0.45 < told["cases"][0]["speed"] < 0.55, told["cases"][0]
assert told["headlines"] and told["headlines"][0]["baseline"] > 0, told["headlines"]' <"$scratch/stdout" || fail "$what: $out"
ends_with 1 base.h5 slow.h5 --format markdown
begins 1 "**SLOWER: 1 of 4 cases"

ends_with 1 base.h5 wrong.h5
begins 1 "WRONG ANSWERS, or none that was checked, in 1 of 4 cases"
begins 3 "worst on node1: reduce/simd 1 x 1: WRONG"
ends_with 3 base.h5 wild.h5
begins 1 "INCONCLUSIVE: "
grep -q '…$' <<<"$out" || fail "$what: no note is cut: $out"
[[ $(sed 1,4d "$scratch/stdout" | wc -L) -le 120 ]] || fail "$what: wider than 120 columns: $out"
begins 4 "next: "
make few.h5 --cases 4 --launches 1 --slower 2 --slow-cases 1
ends_with 3 base.h5 --to few.h5
begins 3 "worst on node1, if it is so: "
ends_with 4 base.h5 fewer.h5
begins 1 "NOT THE SAME TESTS: 1 of 4 cases missing"
begins 4 "next: run what the baseline ran"

# before anything is measured
ends_with 0 --before base.h5 --to one.h5
prints "the same hardware, ranks and nodes"
ends_with 0 --before base.h5 --to elsewhere.h5
prints "the baseline ran on node1, and this is node2: no two nodes are quite alike"
ends_with 4 --before base.h5 --to xeon.h5
prints "other hardware: cpu_model: AMD EPYC -> Xeon"
ends_with 0 --before base.h5 --to xeon.h5 --allow-other-hardware
ends_with 2 --before one.h5 --to xeon.h5
says err "the baseline has 1 launch a case, and comparing takes 4" "$what"
ends_with 2 --before base.h5
says err "--before wants the baseline, --to, and a launch" "$what"
ends_with 2 --before missing.h5 --to one.h5
ends_with 2 --before base.h5 --to one.h5 --only queues
ends_with 2 base.h5 base.h5
ends_with 0 --help

finish
