#!/usr/bin/env bash
# Times ping-pong, MPI_Reduce and MPI_Allreduce with the Intel MPI Benchmarks and with overhead in turns, and compares
# them.
#
#     tests/benchmarks/against_imb.sh [--np N] [--rounds N] [--thread-level NAME] IMB-MPI1
#
#     --np N       ranks of either (2)
#     --rounds N   so many turns (11)
#     --thread-level NAME   what MPI is told: single or serialized, as Pacer's apps do (serialized)
#     --help       this text
#
# IMB-MPI1 is the program, built for the same MPI: make TARGET=MPI1 CC=mpicc CFLAGS='-O2
# -DUSE_MPI_INIT_THREAD' in src_c of github.com/intel/mpi-benchmarks.
# Both clock each collective call by itself after a barrier, and half the round trip of a ping-pong that does not pause.
# Compared are means, since IMB tells nothing else: its own over up to 1000 calls, of the slowest rank; overhead's over the
# calls in its dump, each as long as on its slowest rank. Shown are medians over the turns; in brackets the least of all
# turns. Over TCP: set OMPI_MCA_btl=self,tcp.
# BUILD=FOLDER takes overhead from there, such as build/dev, as it is, and builds nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

np=2
rounds=11
level=serialized
imb=
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    --np | --rounds)
        positive "$@"
        declare "${1#--}=$2"
        shift
        ;;
    --thread-level)
        [[ ${2-} == single || ${2-} == serialized ]] || refuse "--thread-level needs single or serialized, not '${2-}'"
        level=$2
        shift
        ;;
    -*) refuse "unknown option '$1', see --help" ;;
    *)
        [[ -z $imb ]] || refuse "one program of the Intel MPI Benchmarks is enough, '$1' is another"
        imb=$1
        ;;
    esac
    shift
done
[[ -n $imb ]] || refuse "name the program IMB-MPI1, see --help"
imb=$(realpath -e "$imb") || exit 2
[[ -f $imb && -x $imb ]] || refuse "this is no program that can be run: $imb"

[[ -n ${BUILD-} ]] || "$root/jobs/setup.sh"
overhead=$(cd "${BUILD:-$root/build/release}" && pwd)/bin/overhead
mpi_launcher "$np"
turns=$(mktemp -d)
trap 'rm -rf "$turns"' EXIT
exec </dev/null # mpirun would read it

# run OUTPUT COMMAND...: what it says instead of results is in $turns/messages, and told if it fails.
run() {
    local output=$1 status=0
    shift
    "$@" >"$output" 2>"$turns/messages" || status=$?
    ! grep -q 'Invalid benchmark name' "$turns/messages" ||
        refuse "this IMB-MPI1 knows no thread levels: compile it with CFLAGS=-DUSE_MPI_INIT_THREAD added"
    ((status == 0)) || { cat "$turns/messages" && echo "status $status of: $*" && exit 1; } >&2
}

# The sizes of overhead's messages, which IMB reads from a file.
printf '%s\n' 8 64 512 4096 32768 262144 1048576 >"$turns/sizes"
for ((round = 1; round <= rounds; ++round)); do
    run "$turns/imb.$round" "${launcher[@]}" "$imb" -msglen "$turns/sizes" -time 1 -npmin "$np" \
        -thread_level "$level" PingPong Reduce Allreduce
    run "$turns/overhead.$round" "${launcher[@]}" "$overhead" --variants pingpong,reduce,allreduce --no-limits \
        --dump "$turns/overhead.$round.h5" --repeats 50 --thread-level "$level"
done

/usr/bin/python3 - "$turns" "$rounds" <<'PYTHON'
import statistics
import sys

import h5py
import numpy

folder, rounds = sys.argv[1], range(1, int(sys.argv[2]) + 1)
imb, ours, call = {}, {}, ""
for number in rounds:
    for line in open(f"{folder}/imb.{number}"):
        if line.startswith("# Benchmarking"):
            call = line.split()[2].lower()
        fields = line.split()
        if call == "pingpong" and len(fields) == 4 and fields[0].isdigit() and int(fields[0]) > 0:
            imb.setdefault((call, int(fields[0])), []).append(int(fields[0]) / float(fields[3]))  # Mbytes/s: more digits
        elif len(fields) >= 5 and fields[0].isdigit() and int(fields[0]) > 0:
            imb.setdefault((call, int(fields[0])), []).append(float(fields[3]))  # t_max
    dump = h5py.File(f"{folder}/overhead.{number}.h5", "r")
    names = [case["variant"].decode() for case in dump["cases"]]
    sizes = {row["case"]: row["whole"] for row in dump["parameters"] if row["name"].rstrip(b"\0") == b"bytes"}
    rows = dump["calls"][:]
    for case, name in enumerate(names):
        calls = rows[rows["case"] == case]
        slowest = calls["seconds"].reshape(-1, len(set(calls["rank"]))).max(axis=1)
        mean = numpy.average(slowest, weights=calls["calls"][calls["rank"] == 0])
        ours.setdefault((name, int(sizes[case])), []).append(1e6 * mean)


def cell(times):
    return f"{statistics.median(times):10.2f} ({min(times):.2f})"


print(f"{'call':10} {'bytes':>8} {'IMB us':>20} {'overhead us':>20}  ratio (of the least)")
for key in sorted(ours, reverse=True):
    ratio = statistics.median(ours[key]) / statistics.median(imb[key])
    print(f"{key[0]:10} {key[1]:8} {cell(imb[key]):>20} {cell(ours[key]):>20}  "
          f"{ratio:.2f} ({min(ours[key]) / min(imb[key]):.2f})")
print(f"medians of {len(rounds)} turns, in brackets the least")
PYTHON
