#!/usr/bin/env bash
# Measures what fileio is to reach on a machine of 2 cores, and prints a table: target, reached, command.
#
#     tests/benchmarks/fileio.sh [--rows N] [--rounds N] [FIGURE]...
#
#     --rows N     rows of the text file, three %22.14E each (15e6: 1 GB, made in $TMPDIR and removed)
#     --rounds N   so many turns of everything that is compared (3)
#     --help       this text
#
# The figures, all of them unless named:
#     farm      a block handed out and its result taken in, against a bare ping-pong of the same sizes; how fast
#               rank 0 hands out
#     cpu       1000 records of 1 ms on a core each: master_worker on 3 ranks against serial / 2
#     sum       the rows' sums: master_worker on 3 ranks and parallel_read on 2, against GNU parallel with mawk, numpy
#               in processes and a farm with mpi4py, all on one file in the page cache
#     loop      the same against DuckDB, and a bare loop over the mapped file, which knows no other file; and with
#               commas or CRLF instead
#     parse     the parser against bare loops, on one core
#     results   10^8 rows of 4 numbers written to an .h5 by 3 ranks (4.4 GB in $TMPDIR), against dd
#     workshop  1000 records that sleep 1 ms: master_worker on 5 ranks against ideal, and the workshop's own Python
#     memory    the peak of rank 0 while a pipe feeds it the file 10 times over (10 GB; the results take another
#               6 GB in $TMPDIR) and 2 workers are too slow for it
#
# A turn's time is the median of its repeats (GNU parallel: of one); of what is compared, the ratio of each turn, and the
# median of these. MPI and
# Python's processes are up before the clock starts; parallel's 0.2 s of start count. mawk prints six digits, no more.
# DuckDB takes part if it is there: npm install --prefix FOLDER @duckdb/node-api, and NODE_PATH=FOLDER/node_modules.
# BUILD=FOLDER takes the programs from there, such as build/dev, as they are, and builds nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

known=(farm cpu sum loop parse results workshop memory)
rows=15000000
rounds=3
figures=()
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    --rows)
        [[ ${2-} =~ ^[1-9][0-9]{0,9}(e[0-9])?$ ]] || refuse "--rows needs a whole number above 0, not '${2-}'"
        rows=$(printf '%.0f' "$2")
        shift
        ;;
    --rounds)
        [[ ${2-} =~ ^[1-9][0-9]{0,3}$ ]] || refuse "--rounds needs a whole number above 0, not '${2-}'"
        rounds=$2
        shift
        ;;
    *)
        [[ " ${known[*]} " == *" $1 "* ]] || refuse "there is no figure '$1'; there are: ${known[*]}"
        figures+=("$1")
        ;;
    esac
    shift
done
((${#figures[@]})) || figures=("${known[@]}")
exec </dev/null # mpirun would read it

install_missing parallel mawk python3 python3-numpy python3-mpi4py time || {
    say "$advice"
    exit 1
}
python=/usr/bin/python3 # Debian's numpy is seen by Debian's Python alone
[[ -n ${BUILD-} ]] || "$root/jobs/setup.sh" --tests
build=$(cd "${BUILD:-$root/build/release}" && pwd)
fileio=$build/bin/fileio

if (($(id -u) == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
probe=$root/build/may_read_other_processes # made by jobs/local.sh, which says what for
[[ ! -x $probe ]] || "$probe" || export OMPI_MCA_btl_vader_single_copy_mechanism=none

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
input=$folder/input.txt
table=$folder/table

# launch RANKS COMMAND...: what mpirun prints is shown only if it fails; stdout is the command's.
launch() {
    local options=(--bind-to none) ranks=$1
    shift
    ((ranks <= $(cores))) || options+=(--oversubscribe)
    mpirun "${options[@]}" -np "$ranks" "$@" 2>"$folder/messages" || {
        cat "$folder/messages" >&2
        exit 1
    }
}

# variants TURNS RANKS ARGUMENT...: one turn of fileio, to be read by took.
variants() {
    local name=$1 ranks=$2
    shift 2
    launch "$ranks" "$fileio" "$@" --format json --no-dump --no-limits >"$folder/$name.$round"
}

# took TURNS[:VARIANT] [TURNS[:VARIANT]]: the median over the turns of what a program or a variant took; or of how many
# times as long as the second one.
took() {
    "$python" - "$folder" "$@" <<'PYTHON'
import glob
import json
import statistics
import sys

folder, *names = sys.argv[1:]


def seconds(path, variant):
    with open(path) as file:
        turn = json.load(file)
    if not variant:
        return turn["median_seconds"]
    record, = (record for record in turn["launches"][0]["records"] if record["variant"] == variant)
    if record["not_run"] is not None or record["failed"] or not record["checked"]:
        sys.exit(f"fileio.sh: {variant} did not run, or gave a wrong answer: see {path}")
    return record["summary"]["median_seconds"]


def turns(name):
    name, _, variant = name.partition(":")
    return [seconds(path, variant) for path in sorted(glob.glob(f"{folder}/{name}.[0-9]*"))]


first, *second = map(turns, names)
print(statistics.median(a / b for a, b in zip(first, second[0], strict=True)) if second else statistics.median(first))
PYTHON
}

# compute FORMAT EXPRESSION: of awk.
compute() { awk "BEGIN { printf \"$1\", ($2) }"; }

two_digits() { compute %.2f "$1"; }

# percent TURNS[:VARIANT] TURNS[:VARIANT]: the first one's time of the second one's.
percent() { compute %.0f "100 * $(took "$@")"; }

# median: of the numbers on stdin.
median() { sort -g | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }

# row WHAT at-least|at-most TARGET REACHED UNIT COMMAND [REMARK]
row() {
    local verdict=missed sign='>=' reached
    [[ $2 == at-least ]] || sign='<='
    reached=$(compute %d "$4 $sign $3")
    ((reached == 0)) || verdict=reached
    # shellcheck disable=SC2016 # Markdown's backquotes
    printf '| %s | %s %s%s | %s%s, %s%s | `%s` |\n' \
        "$1" "${2/-/ }" "$3" "$5" "$4" "$5" "$verdict" "${7:+; $7}" "$6" >>"$table"
}

turns() { seq "$rounds"; }

need_input() {
    [[ -e $input ]] || {
        say "making $rows rows"
        "$fileio" --make-input "$input" -n "$rows"
    }
    cat "$input" >/dev/null # into the page cache
}

figure_farm() {
    local us rate
    for round in $(turns); do launch 2 "$build/benchmarks/farm" >"$folder/farm.$round"; done
    cat "$folder/farm.1"
    us=$(sed -n 's/^farm,.* \([0-9.]*\) of the bare.*/\1/p' "$folder"/farm.* | median)
    rate=$(sed -n 's/^rank 0 hands out.* at *\([0-9.]*\) GB.*/\1/p' "$folder"/farm.* | median)
    row "farm: 4 KiB block and result against a bare ping-pong" at-most 1.3 "$us" " x" "mpirun -np 2 farm"
    row "farm: rank 0 hands out 1 MiB blocks" at-least 4 "$rate" " GB/s" "mpirun -np 2 farm"
}

figure_cpu() {
    local trial=20000 steps serial farm percent
    round=0
    variants calibration 1 -n 200 --calculation "lorenz:$trial" --variants serial --repeats 5
    serial=$(took calibration:serial)
    steps=$(compute %.0f "$trial * 200 * 1e-3 / $serial")
    for round in $(turns); do
        variants cpu 3 -n 1000 --calculation "lorenz:$steps" --variants serial,master_worker --repeats 5
    done
    serial=$(took cpu:serial)
    farm=$(took cpu:master_worker)
    percent=$(compute %.1f "100 * $serial / 2 / $farm")
    printf 'lorenz:%d: serial %.4f s, master_worker %.4f s\n' "$steps" "$serial" "$farm"
    row "cpu: 1000 records of 1 ms, master_worker on 3 ranks against serial / 2" at-least 97 "$percent" " %" \
        "mpirun -np 3 fileio -n 1000 --calculation lorenz:$steps --variants serial,master_worker"
}

# check_total NAME: the rows and the total of a program's first turn, against those that mawk finds.
check_total() {
    "$python" -c '
import json, sys
name, found, want, total, size = sys.argv[1], json.load(open(sys.argv[2])), *map(float, sys.argv[3:])
if found["rows"] != want or abs(found["total"] - total) > 1e-12 * size:
    sys.exit("fileio.sh: {}: {}, want {} rows, total {}".format(name, found, want, total))
' "$1" "$folder/$1.1" "${totals[@]}"
}

need_totals() {
    need_input
    read -ra totals < <(mawk '{ total += $1 + $2 + $3; size += $1 < 0 ? -$1 : $1 }
        END { printf "%d %.17g %.17g\n", NR, total, 3 * size }' "$input")
}

# show_times NAME...: a line each, the slowest first.
show_times() {
    local name
    for name; do printf '%s %s\n' "$name" "$(took "$name")"; done | sort -k2gr |
        awk -v bytes="$(stat --format %s "$input")" '{ printf "%-18s %7.3f s  %6.0f MB/s\n", $1, $2, bytes / $2 / 1e6 }'
}

sum_farm='mpirun -np 3 fileio FILE --calculation sum --variants master_worker'
sum_parts='mpirun -np 2 fileio FILE --calculation sum --variants parallel_read'

figure_sum() {
    local name best start totals
    local adder="mawk '{ print \$1 + \$2 + \$3 }'"
    local from_file=(--will-cite --pipepart --arg-file "$input" --block -1 --jobs 2)
    need_totals
    name=$(parallel "${from_file[@]}" "$adder" | wc -l)
    ((name == rows)) || {
        say "parallel: $name sums of $rows rows"
        exit 1
    }
    for round in $(turns); do
        say "sum: turn $round of $rounds"
        start=$EPOCHREALTIME
        parallel "${from_file[@]}" "$adder" >/dev/null
        printf '{"median_seconds": %s}\n' "$(compute %.3f "$EPOCHREALTIME - $start")" >"$folder/parallel.$round"
        for name in fromstring loadtxt columns; do
            "$python" "$root/tests/benchmarks/sum_numpy.py" "$input" --reader "$name" --repeats 3 --json \
                >"$folder/$name.$round"
        done
        launch 3 "$python" "$root/tests/benchmarks/sum_mpi4py.py" "$input" --repeats 3 --json >"$folder/mpi4py.$round"
        variants sum3 3 "$input" --calculation sum --variants serial,master_worker --repeats 5
        variants sum2 2 "$input" --calculation sum --variants parallel_read --repeats 5
    done
    for name in columns fromstring loadtxt mpi4py; do check_total "$name"; done
    # columns parses nothing: it is shown, not raced.
    show_times columns parallel fromstring loadtxt mpi4py sum3:serial sum3:master_worker sum2:parallel_read
    best=$(for name in parallel fromstring loadtxt mpi4py; do printf '%s %s\n' "$name" "$(took "$name")"; done |
        sort -k2g | sed 's/ .*//; q')
    row "sum: master_worker on 3 ranks against the best of parallel, numpy, mpi4py" at-least 4 \
        "$(two_digits "$(took "$best" sum3:master_worker)")" " x" "$sum_farm"
    row "sum: parallel_read on 2 ranks against the same" at-least 5 \
        "$(two_digits "$(took "$best" sum2:parallel_read)")" " x" "$sum_parts"
}

figure_loop() {
    local name totals peers=(eight known) csv=$folder/input.csv crlf=$folder/crlf.txt
    need_totals
    sed 's/^ *//; s/  */,/g' "$input" >"$csv"
    sed 's/$/\r/' "$input" >"$crlf"
    if node -e 'require("@duckdb/node-api")' 2>/dev/null; then
        peers+=(duckdb)
    else
        say "loop: without DuckDB: npm install --prefix FOLDER @duckdb/node-api; NODE_PATH=FOLDER/node_modules $0"
    fi
    for round in $(turns); do
        say "loop: turn $round of $rounds"
        [[ " ${peers[*]} " != *' duckdb '* ]] ||
            node "$root/tests/benchmarks/sum_duckdb.js" "$csv" 3 >"$folder/duckdb.$round"
        variants farm3 3 "$input" --calculation sum --variants master_worker --repeats 5
        variants parts 2 "$input" --calculation sum --variants parallel_read --repeats 5
        for name in eight known; do
            OMP_NUM_THREADS=2 "$build/benchmarks/sum_bare" "$input" "$name" 5 >"$folder/$name.$round"
        done
        variants csv 2 "$csv" --calculation sum --variants parallel_read --repeats 5
        variants crlf 2 "$crlf" --calculation sum --variants parallel_read --repeats 5
    done
    for name in "${peers[@]}"; do check_total "$name"; done
    show_times "${peers[@]}" farm3:master_worker {parts,csv,crlf}:parallel_read
    if [[ " ${peers[*]} " == *' duckdb '* ]]; then
        row "loop: parallel_read on 2 ranks against DuckDB" at-least 2.5 \
            "$(two_digits "$(took duckdb parts:parallel_read)")" " x" "$sum_parts"
    fi
    row "loop: parallel_read on 2 ranks, of the rate of a bare loop on 2 threads" at-least 75 \
        "$(percent eight parts:parallel_read)" " %" "$sum_parts" \
        "$(percent known parts:parallel_read) % of one that knows where each digit is"
    row "loop: master_worker on 3 ranks, of the same" at-least 60 "$(percent eight farm3:master_worker)" " %" "$sum_farm"
    for name in csv crlf; do
        row "loop: parallel_read with ${name/csv/commas}, of the rate with blanks and LF" at-least 90 \
            "$(percent parts:parallel_read "$name:parallel_read")" " %" "$sum_parts"
    done
}

figure_parse() {
    local of_std of_eight
    for round in $(turns); do launch 1 "$build/benchmarks/parse" >"$folder/parse.$round"; done
    cat "$folder/parse.1"
    of_std=$(sed -n 's/^bare std::from_chars.* has \([0-9.]*\) of it$/\1/p' "$folder"/parse.* | median)
    of_eight=$(sed -n 's/^bare, eight digits.* has \([0-9.]*\) of it$/\1/p' "$folder"/parse.* | median)
    row "parse: against a bare loop of std::from_chars, one core" at-least 0.9 "$of_std" " x" "parse" \
        "$of_eight x one of eight digits at a time"
}

# timed TURNS COMMAND...: one turn of a command, by the clock.
timed() {
    local start=$EPOCHREALTIME
    "${@:2}" >/dev/null
    printf '{"median_seconds": %s}\n' "$(compute %.3f "$EPOCHREALTIME - $start")" >"$folder/$1.$round"
}

# A virtual machine that gives freed memory back to its host gets it again page by page, slowly: all is touched first.
touch_memory() {
    local kib
    kib=$(awk '/^MemAvailable/ { print int(0.8 * $2) }' /proc/meminfo)
    "$python" -c 'import sys; b"x" * (int(sys.argv[1]) << 10)' "$kib"
}

figure_results() {
    local bytes whole alone disk text=$folder/short.txt library=$folder/four.so out=$folder/results.h5
    gcc -O2 -shared -fPIC -I "$root/apps/fileio/calculation" -x c -o "$library" - <<'C'
#include "pacer_calculation.h"
PACER_CALCULATION(calculate, 1, 4);
int calculate(const double* x, int32_t n, double* y, int32_t m, char* why, int32_t size)
{
    for (int i = 0; i < 4; ++i) y[i] = x[0] / (i + 1);
    return 0;
}
C
    awk 'BEGIN { for (i = 0; i < 1e6; ++i) print 10 + int(90 * rand()) }' >"$folder/million.txt"
    for ((i = 0; i < 100; ++i)); do cat "$folder/million.txt"; done >"$text"
    for round in $(turns); do
        say "results: turn $round of $rounds"
        touch_memory
        timed delivered launch 3 "$fileio" --segments --calculation "$library" --out "$out" "$text"
        bytes=$(stat --format %s "$out")
        rm "$out"
        touch_memory
        timed dd dd if=/dev/zero of="$out" bs=1M count=$((bytes >> 20)) conv=fsync status=none
        rm "$out"
        variants alone 3 "$text" --calculation "$library" --variants segments --repeats 3
    done
    whole=$(took delivered) alone=$(took alone:segments) disk=$(took dd)
    printf '%d bytes: delivered in %.2f s, calculated in %.2f s, dd %.2f s\n' "$bytes" "$whole" "$alone" "$disk"
    row "results: 10^8 rows of 4 numbers to .h5, by what it adds to calculating, of dd's rate" at-least 80 \
        "$(compute %.0f "100 * $disk / ($whole - $alone)")" " %" \
        "mpirun -np 3 fileio --segments --calculation four.so --out results.h5 FILE" \
        "$(compute %.0f "100 * $disk / $whole") % with all calculating"
}

figure_workshop() {
    local ideal=0.25 python_took farm percent python_percent gain
    for round in $(turns); do
        "$python" "$root/tests/benchmarks/workshop_fileio.py" --workers 4 --json >"$folder/workshop.$round"
        variants waits 5 -n 1000 --calculation wait:1ms --variants master_worker --repeats 10
    done
    python_took=$(took workshop)
    farm=$(took waits:master_worker)
    percent=$(compute %.1f "100 * $ideal / $farm")
    python_percent=$(compute %.1f "100 * $ideal / $python_took")
    gain=$(compute %.2f "$python_took / $farm")
    printf 'ideal %.4f s, python %.4f s (%s %% of ideal), master_worker %.4f s (%s %%)\n' \
        "$ideal" "$python_took" "$python_percent" "$farm" "$percent"
    row "workshop: 1000 records of 1 ms, master_worker on 5 ranks, of ideal" at-least 95 "$percent" " %" \
        "mpirun -np 5 fileio -n 1000 --calculation wait:1ms --variants master_worker" \
        "$gain x the workshop's Python"
}

figure_memory() {
    local times=10 bytes kib mib gb
    need_input
    bytes=$(($(stat --format %s "$input") * times))
    # shellcheck disable=SC2016 # the inner shell expands
    for ((i = 0; i < times; ++i)); do cat "$input"; done |
        launch 3 sh -c 'exec time --format %M --output "$0.${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" "$@"' "$folder/peak" \
            "$fileio" - --calculation lorenz:100 --out "$folder/results.h5" | sed "s|$folder/||"
    rm "$folder/results.h5"
    kib=$(tail -n 1 "$folder/peak.0")
    mib=$(compute %.0f "$kib / 1024")
    gb=$(compute %.1f "$bytes / 1e9")
    printf 'peaks of the ranks in KiB: %s\n' "$(tail -qn 1 "$folder"/peak.* | paste -sd ' ')"
    row "memory: peak of rank 0 while a pipe brings $gb GB, slow workers" at-most 256 "$mib" " MiB" \
        "... | mpirun -np 3 fileio - --calculation lorenz:100 --out results.h5"
}

printf '| what | target | reached | command |\n|---|---|---|---|\n' >"$table"
for figure in "${figures[@]}"; do
    say "$figure"
    printf '%s:\n' "$figure"
    "figure_$figure" | sed 's/^/    /'
done
printf '\n'
cat "$table"
