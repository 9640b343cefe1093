#!/usr/bin/env bash
# Dumps of format 2 from before they had tables of limits, watch, profile and quartiles of ranks: what they hold is
# read, and merge writes it together with the dumps of today. They were made by
#     mpirun -np 4 ./reduce -n 1e5 --max-seconds 1 --variants serial,mpi
#     mpirun -np 2 ./overhead -n 1000 --workers 2 --max-seconds 1 --variants openmp_region,barrier
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$SOURCE/tests/support/lib.sh"
old=$SOURCE/tests/io/dump/format_2
cd "$scratch"

right() { # right COMMAND...: it ends well
    run "$@"
    expect 0 "$*"
}

for name in reduce overhead; do
    right "$BIN/timings" validate "$old/$name.h5.gz"
    grep -q 'right: format 2, checksums, 1 launch' stdout || fail "$name: $(<stdout)"
    right "$BIN/timings" show --profile --environment "$old/$name.h5.gz"
    grep -q 'no profile: the launch was made without --profile' stdout || fail "$name: $(<stdout)"
    right "$BIN/timings" export --format json "$old/$name.h5.gz" -o "$name.json"
done
right "$BIN/timings" show "$old/reduce.h5.gz"
grep -q '^limit of mpi: .* of int64 by 4 ranks, 2 for each item)$' stdout || fail "the limit is told in other words: $(<stdout)"

# A dump of today, with every table, of more ranks than are told one by one.
right mpirun -np 4 "$BIN/reduce" -n 1e5 --max-seconds 1 --variants serial,mpi,chunked --most-ranks 3 --profile --dump new.h5
cp stdout printed
grep -qE ' *apps/reduce/variants/chunked.cpp:[0-9]+ ' printed || fail "no profile is printed: $(<printed)"
grep -q 'a hit itself costs' printed || fail "the cost of a hit is not told: $(<printed)"
right "$BIN/timings" show --profile new.h5
grep 'apps/reduce/variants/' printed >printed_regions
grep 'apps/reduce/variants/' stdout >shown_regions
diff printed_regions shown_regions || fail "the profile of the dump is another than was printed"
right "$BIN/timings" show --environment new.h5
grep -qE '^ *int64_add +4 x 1 .*Gadd/s' stdout || fail "the limits are not shown: $(<stdout)"
grep -qE '% CPU of others' stdout || fail "what was seen of the node is not shown: $(<stdout)"
run "$BIN/timings" plot new.h5 -o balance.svg --kind balance
expect 2 'the balance of ranks of which only quartiles are known'
says err 'there is no balance to plot: nothing ran on several ranks whose seconds are in the dump (--all-ranks)' plot

right mpirun -np 4 "$BIN/reduce" -n 1e5 --repeats 6 --no-limits --variants mpi --most-ranks 3 --all-ranks --dump all.h5
right "$BIN/timings" merge merged.h5 new.h5 "$old/overhead.h5.gz" all.h5 "$old/reduce.h5.gz"
for name in new all merged; do
    right "$BIN/timings" validate "$name.h5"
    right "$BIN/timings" export --format json "$name.h5" -o "$name.json"
    right "$BIN/timings" export "$name.h5" -o "$name.csv"
done
python3 - <<'END' || fail "merged launches differ"
import csv, json

launches = {name: json.load(open(f"{name}.json"))["launches"] for name in ("reduce", "overhead", "new", "all", "merged")}
parts = sorted((launches[name][0] for name in launches if name != "merged"), key=lambda launch: launch["id"])
assert launches["merged"] == parts
for name in ("reduce", "overhead"):
    launch = launches[name][0]
    assert launch["limits"] == launch["watch"] == [], name
    assert all(r["limit"] is None and r["profile"] == r["rank_summary"] == [] for r in launch["records"]), name
assert any(record["limit_derived"] for record in launches["reduce"][0]["records"])
new = launches["new"][0]
assert {limit["probe"] for limit in new["limits"]} == {"int64_add"}
assert len(new["watch"]) >= 1 and all(row["at_seconds"] > 0 for row in new["watch"])
for record in new["records"]:
    limit = new["limits"][record["limit"]]
    assert record["limit_seconds"] == record["work_operations"] / limit["rate"], record
    several = record["ranks"] > 3
    assert several == (record["ranks"] == 4)
    assert len(record["rank_summary"]) == (len(record["round"]) if several else 0)
    assert len(record["seconds"]) == (0 if several else len(record["round"]))
    assert record["summary"]["median_seconds"] > 0
    assert {row["rank"] for row in record["profile"]} == {None}, "a sum over ranks, where they are many"
assert len(launches["all"][0]["records"][0]["seconds"][0]) == 4
rows = [row for row in csv.DictReader(open("new.csv")) if row["variant"] == "mpi"]
assert len(rows) == len({row["repeat"] for row in rows}) and all(0 <= int(row["rank"]) < 4 for row in rows)
END

finish
