#!/usr/bin/env bash
# Times workshop.py and reduce in turns on this machine, and prints how many times faster each variant is.
#
#     benchmarks/against_workshop.sh [--rounds N] [REDUCE-ARGUMENT]...
#
#     --rounds N   so many turns of python, reduce (5)
#     --help       this text
#
# Both sum 0 + 1 + ... + 2e9-1 with 4 processes. A turn's time is the median of its repeats, what is compared the
# median over the turns. REDUCE-ARGUMENT: e.g. --variants openmp,mpi; the sum has to stay the same.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

rounds=5
case ${1-} in
--help | -h)
    header "$0"
    exit 0
    ;;
--rounds)
    [[ ${2-} =~ ^[1-9][0-9]{0,3}$ ]] || refuse "--rounds needs a whole number above 0, not '${2-}'"
    rounds=$2
    shift 2
    ;;
esac

# Debian's numpy is seen by Debian's Python alone, and another one may come first in PATH.
python=
for candidate in /usr/bin/python3 python3; do
    [[ -n $python ]] || ! "$candidate" -c "import numpy" 2>/dev/null || python=$candidate
done
if [[ -z $python ]]; then
    install_missing python3 python3-numpy || {
        say "$advice"
        exit 1
    }
    python=/usr/bin/python3
fi
"$root/jobs/setup.sh"

turns=$(mktemp -d)
trap 'rm -rf "$turns"' EXIT
for ((round = 1; round <= rounds; ++round)); do
    say "round $round of $rounds"
    "$python" "$root/benchmarks/workshop.py" --json >"$turns/python.$round"
    "$root/jobs/local.sh" reduce --format json --no-dump --max-seconds 10 "$@" >"$turns/reduce.$round" \
        2>"$turns/messages" || { cat "$turns/messages" >&2 && exit 1; }
done

"$python" - "$turns" "$rounds" <<'PYTHON'
import json
import statistics
import sys

folder, rounds = sys.argv[1], range(1, int(sys.argv[2]) + 1)


def turn(program, number):
    with open(f"{folder}/{program}.{number}") as file:
        return json.load(file)


python_turns = [turn("python", number) for number in rounds]
python = statistics.median(one["median_seconds"] for one in python_turns)
variants = {}
for number in rounds:
    for launch in turn("reduce", number)["launches"]:
        for record in launch["records"]:
            if record["not_run"] is not None:
                continue
            want = python_turns[0]["sum"]
            if record["failed"] or record["checked"] == 0 or record["want"] != str(want):
                sys.exit(f"reduce: {record['variant']} did not sum to {want}: {record['got']}, want {record['want']}")
            variants.setdefault(record["variant"], []).append(record["summary"]["median_seconds"])

print(f"{'':10}  {'seconds':>9}  {'times faster':>12}")
print(f"{'python':10}  {python:9.4f}  {1:12.1f}")
for name, seconds in variants.items():
    print(f"{name:10}  {statistics.median(seconds):9.4f}  {python / statistics.median(seconds):12.1f}")
best = min(variants, key=lambda name: statistics.median(variants[name]))
print(f"{best} is {python / statistics.median(variants[best]):.1f} times faster than python: medians of {len(rounds)} turns")
PYTHON
