#!/usr/bin/env bash
# Times workshop.py and reduce in turns on this machine, and prints how many times faster each variant is.
#
#     tests/benchmarks/against_workshop.sh [--rounds N] [REDUCE-ARGUMENT]...
#
#     --rounds N   so many turns of python with either chunk, then reduce (5)
#     --help       this text
#
# All sum 0 + 1 + ... + 2e9-1 with 4 processes. "python 1e7" is the workshop's own way, with chunks of 10 million
# numbers, which do not fit the cache; "python 5e5" the same with the chunk that is fastest for it, 500 thousand. A
# turn's time is the median of its repeats, what is compared the median over the turns. REDUCE-ARGUMENT: e.g.
# --variants openmp,mpi; the sum has to stay the same.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
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
    "$python" "$root/tests/benchmarks/workshop.py" --json --chunk 10_000_000 >"$turns/own.$round"
    "$python" "$root/tests/benchmarks/workshop.py" --json --chunk 500_000 >"$turns/best.$round"
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


def python(program):
    return statistics.median(turn(program, number)["median_seconds"] for number in rounds)


pythons = {"python 1e7": python("own"), "python 5e5": python("best")}
want = turn("own", 1)["sum"]
variants = {}
for number in rounds:
    for launch in turn("reduce", number)["launches"]:
        for record in launch["records"]:
            if record["not_run"] is not None:
                continue
            if record["failed"] or record["checked"] == 0 or record["want"] != str(want):
                sys.exit(f"reduce: {record['variant']} did not sum to {want}: {record['got']}, want {record['want']}")
            variants.setdefault(record["variant"], []).append(record["summary"]["median_seconds"])


def row(name, seconds):
    print(f"{name:12}  {seconds:9.4f}" + "".join(f"  {base / seconds:{len('faster than ' + other)}.1f}"
                                                 for other, base in pythons.items()))


print(f"{'':12}  {'seconds':>9}" + "".join(f"  faster than {name}" for name in pythons))
variants = {name: statistics.median(seconds) for name, seconds in variants.items()}
for name, seconds in (pythons | variants).items():
    row(name, seconds)
best = min(variants, key=variants.get)
ratios = " and ".join(f"{seconds / variants[best]:.1f} times faster than {name}" for name, seconds in pythons.items())
print(f"{best} is {ratios}: medians of {len(rounds)} turns")
PYTHON
