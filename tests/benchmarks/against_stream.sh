#!/usr/bin/env bash
# Times memory, BabelStream and likwid-bench in turns on this machine, and prints their bandwidths side by side.
#
#     tests/benchmarks/against_stream.sh [--rounds N] [--elements N] [--babelstream PROGRAM]
#
#     --rounds N              so many turns of each (5)
#     --elements N            doubles in each array (16777216: 128 MiB)
#     --babelstream PROGRAM   its OpenMP version, omp-stream; without it, it is left out
#     --help                  this text
#
# All with the same arrays and threads, bound to cores, on huge pages: memory asks for them itself, for the others
# glibc's malloc does (from 2.35 on). Bytes are counted as STREAM does. memory's figure is of the median of its repeats,
# likwid-bench's of the mean of its iterations; "best" is of the fastest, which is what BabelStream tells. What is shown
# is the median over the turns. BabelStream has no program that only reads or only writes an array. Its Dot, which reads
# two, is left out: compilers may not reorder its sum, so it is additions that it waits for.
# BUILD=FOLDER takes memory from there, such as build/dev, as it is, and builds nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

rounds=5 elements=16777216 babelstream=
while (($# > 0)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    --rounds | --elements)
        [[ ${2-} =~ ^[1-9][0-9]{0,9}$ ]] || refuse "$1 needs a whole number above 0, not '${2-}'"
        printf -v "${1#--}" %s "$2"
        ;;
    --babelstream)
        [[ -x ${2-} ]] || refuse "--babelstream needs the program omp-stream, not '${2-}'"
        babelstream=$2
        ;;
    *) refuse "unknown option '$1'" ;;
    esac
    shift 2
done

[[ -n ${BUILD-} ]] || "$root/jobs/setup.sh"
memory=$(cd "${BUILD:-$root/build/release}" && pwd)/bin/memory
cores=$(cores)
turns=$(mktemp -d)
trap 'rm -rf "$turns"' EXIT
export OMP_PROC_BIND=close OMP_PLACES=cores GLIBC_TUNABLES=glibc.malloc.hugetlb=1

# run OUTPUT COMMAND...: if it fails, that and what it said is told.
run() {
    local output=$1 status=0
    shift
    "$@" >"$output" 2>"$turns/messages" || status=$?
    ((status == 0)) || { tail -n 20 "$output" "$turns/messages" && echo "status $status of: $*" && exit 1; } >&2
}

likwid_kernel() { # likwid_kernel NAME STREAMS THREADS: $rate is the bandwidth in MB/s of the arrays together
    local thousands=$((elements * 8 * $2 / 1000)) # its KB
    run "$turns/output" likwid-bench -t "$1" -W "S0:${thousands}KB:$3" -i 20
    rate=$(awk '/^MByte\/s:/ { print $2 }' "$turns/output")
}
widest=sse
grep -qw avx /proc/cpuinfo && widest=avx
grep -qw avx512f /proc/cpuinfo && widest=avx512

for ((round = 1; round <= rounds; ++round)); do
    say "round $round of $rounds"
    for threads in $(printf '1\n%s\n' "$cores" | sort -nu); do
        variants=read,write,write_nontemporal,copy,copy_nontemporal,triad,triad_nontemporal
        ((threads == 1)) || variants=read_threads,write_threads,copy_threads,triad_threads
        export OMP_NUM_THREADS=$threads
        run "$turns/memory.$round.$threads" "$memory" -n "$elements" --variants "$variants" \
            --repeats 20 --no-limits --no-dump --format json
        if [[ -n $babelstream ]]; then
            run "$turns/babelstream.$round.$threads" "$babelstream" -s "$elements" -n 20 --csv
        fi
        if [[ -n $(command -v likwid-bench) ]]; then
            for kernel in load:1 store:1 store_mem:1 copy:2 copy_mem:2 stream:3 stream_mem:3; do
                [[ $kernel != *_mem* ]] || ((threads == 1)) || continue
                likwid_kernel "${kernel%:*}_$widest" "${kernel#*:}" "$threads"
                echo "$kernel ${rate:-0}" >>"$turns/likwid.$round.$threads"
            done
        fi
    done
done

python3 - "$turns" "$rounds" <<'PYTHON'
import collections
import csv
import glob
import json
import statistics
import sys

folder, rounds = sys.argv[1], range(1, int(sys.argv[2]) + 1)
found = collections.defaultdict(list)  # by what, threads, column: GB/s, one a round
babelstream = {"Copy": "copy", "Triad": "triad"}
likwid = {"load:1": "read", "store:1": "write", "store_mem:1": "write_nontemporal", "copy:2": "copy",
          "copy_mem:2": "copy_nontemporal", "stream:3": "triad", "stream_mem:3": "triad_nontemporal"}
for path in glob.glob(f"{folder}/*.*.*"):
    program, _, threads = path.rsplit("/", 1)[1].split(".")
    with open(path) as file:
        if program == "memory":
            for record in json.load(file)["launches"][0]["records"]:
                if record["not_run"] is None:
                    if record["failed"] or record["checked"] == 0:
                        sys.exit(f"memory: {record['variant']} is wrong")
                    what, bytes = record["variant"].removesuffix("_threads"), record["work_bytes"]
                    found[what, threads, "memory"].append(bytes / record["summary"]["median_seconds"] / 1e9)
                    found[what, threads, "best"].append(bytes / record["summary"]["minimum_seconds"] / 1e9)
        elif program == "babelstream":
            for row in csv.DictReader(file):
                if row["function"] in babelstream:
                    found[babelstream[row["function"]], threads, program].append(float(row["max_MB_per_sec"]) / 1e3)
        else:
            for line in file:
                kernel, rate = line.split()
                if float(rate) > 0:
                    found[likwid[kernel], threads, program].append(float(rate) / 1e3)

columns = ["memory", "likwid", "best", "babelstream"]
print(f"{'GB/s':20} {'threads':>7} {'memory':>8} {'likwid':>8} {'memory best':>12} {'BabelStream best':>17}")
for what, threads in sorted({key[:2] for key in found}, key=lambda key: (int(key[1]), list(likwid.values()).index(key[0]))):
    rates = [statistics.median(found[what, threads, column]) if (what, threads, column) in found else None
             for column in columns]
    texts = [f"{rate:.1f}" if rate else "-" for rate in rates]
    print(f"{what:20} {threads:>7} {texts[0]:>8} {texts[1]:>8} {texts[2]:>12} {texts[3]:>17}")
PYTHON
