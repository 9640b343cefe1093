#!/usr/bin/env bash
# Compares two builds of an app on this machine: runs them in turns, A B B A A B B A ..., so that changes of
# the machine affect both alike, and compares the launches in pairs.
#
#     jobs/compare.sh [OPTION]... BUILD_A BUILD_B APP [ARGUMENT]...
#     jobs/compare.sh [OPTION]... PROGRAM_A PROGRAM_B [ARGUMENT]...
#
#     --launches N    launches of each build (12); 6 make pairs, 8 can tell of several cases, 12 of a hundred;
#                     fewer than 4 cannot show anything
#     --np N          MPI processes (one per core, at most 4)
#     -o FOLDER       folder for the merged dumps a.h5 and b.h5 (compare-<UTC time>)
#     --help          this text
#
#     jobs/compare.sh --np 2 build/old build/release reduce -n 1e8 --variants simd,mpi
#
# A is the baseline: "regressed" means that B is slower. BUILD is a folder with bin/APP. Giving the same build
# twice shows what this machine makes of no change at all.
# Prints to stdout what timings compare says, and ends with its status: 0 none slower, 1 slower or wrong, 2 bad usage, 3
# inconclusive, 4 not the same tests; or with 75 if it is stopped, or with that of the first launch that fails.
# TIMINGS names the program timings; by default it is that of B, A, build/release or PATH. Nothing is built.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

launches=12
np=$(cores)
((np <= 4)) || np=4
folder=compare-$(date -u +%Y%m%dT%H%M%SZ)
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    --launches)
        positive "$@"
        launches=$2
        ;;
    --np)
        positive "$@"
        np=$2
        ;;
    -o)
        [[ -n ${2-} ]] || refuse "-o needs a folder name"
        folder=$2
        ;;
    -*) refuse "unknown option '$1', see --help (options of the app go after its name)" ;;
    *) break ;;
    esac
    shift 2
done
(($# >= 2)) || refuse "name the two builds and the app, see --help"
given_a=$1 given_b=$2
shift 2

# program_in BUILD APP: the path of the program, whatever folder it will be started in.
program_in() {
    [[ -d $1 ]] || refuse "there is no build folder $1"
    [[ -f $1/bin/$2 && -x $1/bin/$2 ]] || refuse "$1 has no program bin/$2: build it first"
    realpath --no-symlinks "$1/bin/$2"
}

if [[ -f $given_a && -x $given_a && -f $given_b && -x $given_b ]]; then
    program_a=$(realpath --no-symlinks "$given_a") program_b=$(realpath --no-symlinks "$given_b")
else
    [[ -n ${1-} && $1 != -* ]] || refuse "name the app after the two builds, see --help"
    program_a=$(program_in "$given_a" "$1")
    program_b=$(program_in "$given_b" "$1")
    shift
fi
for word; do
    case $word in
    --dump | --dump=* | --no-dump) refuse "leave out $word: the dumps are named here" ;;
    esac
done
find_timings "${program_b%/*}" "${program_a%/*}" "$root/build/release/bin" ||
    refuse "there is no program timings: build it with jobs/setup.sh, or name it in TIMINGS"
[[ ! -e $folder/a.h5 && ! -e $folder/b.h5 ]] || refuse "$folder has dumps of another comparison; choose another folder"
{ mkdir -p "$folder" && parts=$(cd "$folder" && mktemp -d "$PWD/.launches.XXXXXX"); } ||
    refuse "cannot write to $folder"
trap 'rm -rf "$parts"' EXIT

[[ $program_a != "$program_b" ]] || say "A and B are the same program: nothing should differ"
((launches >= 4)) || say "$launches launches a side cannot tell a change from chance; it takes 4"
mpi_launcher "$np"

ending() { if ((stopped)); then echo "was stopped"; else echo "ended with status $1"; fi; }

# run_side SIDE PROGRAM NUMBER ARGUMENT...: what it prints is shown only if it fails.
run_side() {
    local side=$1 program=$2 number=$3 status=0
    shift 3
    local part
    part=$parts/$side-$(printf '%06d' "$number").h5
    run_launch "${launcher[@]}" "$program" "$@" --dump "$part" >"$parts/output" 2>&1 || status=$?
    ((stopped == 0)) || status=$stopped
    ((status != 3)) || status=0 # right, but without time for some variant, which timings compare calls untested
    if ((status != 0)); then
        cat "$parts/output" >&2
        say "launch $number of ${side^^} $(ending "$status"); nothing is compared"
        [[ ! -e $part ]] || mv --backup=numbered "$part" "$folder/$side-launch$number.h5"
        return "$status"
    fi
    if [[ ! -e $part ]]; then
        say "$program left no dump: is it an app of Pacer?"
        return 2
    fi
}

# merge SIDE: into SIDE.h5 in the folder.
merge() {
    local found=("$parts/$1"-*.h5)
    [[ -e ${found[0]} ]] || return 0
    merge_launches "$folder/$1.h5" "${found[@]}"
}

printf -v shown ' %q' "$@"
say "A: ${launcher[*]} $program_a$([[ $# -eq 0 ]] || echo "$shown")"
say "B: ${launcher[*]} $program_b$([[ $# -eq 0 ]] || echo "$shown")"
status=0
SECONDS=0
watch_signals
for ((number = 1; number <= launches; ++number)); do
    ((number % 2)) && turns=(a b) || turns=(b a)
    left=
    ((number == 1)) || left=", about $((SECONDS * (launches - number + 1) / (number - 1))) s left"
    say "launch $number of $launches: ${turns[*]^^}$left"
    for side in "${turns[@]}"; do
        program=program_$side
        run_side "$side" "${!program}" "$number" "$@" || status=$?
        ((status == 0)) || break 2
    done
done

((stopped == 0)) || status=75
if ! merge a || ! merge b; then
    trap - EXIT
    say "they could not be merged; the dumps of the launches are in $parts"
    exit $((status ? status : 2))
fi
if ((status != 0)); then
    say "what was measured before is in $folder"
    exit "$status"
fi
rm -rf "$parts"
say "comparing $folder/a.h5 and $folder/b.h5"
exec "$timings" compare "$folder/a.h5" --to "$folder/b.h5"
