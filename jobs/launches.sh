#!/usr/bin/env bash
# Runs a command as several launches, one after the other, and merges their dumps into one file.
#
#     jobs/launches.sh L [-o FILE] [--force] COMMAND [ARGUMENT]...
#
#     L          number of launches; comparing needs at least 4, and 10 to see a change of a few per cent
#     -o FILE    the merged dump (launches-<UTC time>.h5)
#     --force    replace FILE if it exists
#     --help     this text
#
#     jobs/launches.sh 10 -o before.h5 jobs/local.sh --np 2 reduce -n 1e8
#     jobs/launches.sh 10 mpirun -np 4 ./reduce
#     jobs/launches.sh 10 srun ./reduce -n 8G
#
# COMMAND is one launch of an app and ends with the app's arguments: "--dump PART" is appended to it, where PART is a
# file in a folder that is created beside FILE and removed at the end.
# What the launches print goes to stderr; stdout gets only the name of the merged dump.
# It stops at the first launch that fails or is stopped (Ctrl-C), with its status. The launches before it are merged; its
# own dump, if it left one, is kept beside FILE under another name. A launch without time for some variant (status 3) does
# not fail; the status is then 3 at the end.
# TIMINGS names the program timings; by default it is that of build/release or of PATH, or is built.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

case ${1-} in
--help | -h)
    header "$0"
    exit 0
    ;;
esac
positive "the number of launches" "$@"
launches=$1
shift
output=launches-$(date -u +%Y%m%dT%H%M%SZ).h5
force=()
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    -o)
        [[ -n ${2-} ]] || refuse "-o needs a file name"
        output=$2
        shift
        ;;
    --force) force=(--force) ;;
    -*) refuse "unknown option '$1', see --help" ;;
    *) break ;;
    esac
    shift
done
(($#)) || refuse "name the command to launch, see --help"
for word; do
    case $word in
    --dump | --dump=* | --no-dump) refuse "leave out $word: each launch's dump is named here, and merged" ;;
    esac
done
[[ ! -e $output || ${#force[@]} -gt 0 ]] || refuse "$output exists; choose another name, or --force to replace it"
find_timings "$root/build/release/bin" || [[ ! -x $root/jobs/setup.sh ]] || "$root/jobs/setup.sh"
find_timings "$root/build/release/bin" || refuse "there is no program timings: name it in TIMINGS"

parts=$(cd "$(dirname "$output")" && mktemp -d "$PWD/.launches.XXXXXX") || refuse "cannot write beside $output"
trap 'rm -rf "$parts"' EXIT

# time_left DONE: what the other launches will take, as far as those done can tell.
time_left() {
    (($1 > 0)) || return 0
    printf ', about %d s left' $((SECONDS * (launches - $1) / $1))
}

ending() { if ((stopped)); then echo "was stopped"; else echo "ended with status $status"; fi; }

printf -v shown '%q ' "$@"
done_parts=()
status=0 untested=0
SECONDS=0
watch_signals
for ((number = 1; number <= launches; ++number)); do
    say "launch $number of $launches$(time_left $((number - 1))): ${shown% }"
    part=$parts/$(printf '%06d' "$number").h5
    run_launch "$@" --dump "$part" >&2 || status=$?
    ((stopped == 0)) || status=$stopped
    ((status != 3)) || status=0 untested=3
    if ((status == 0)) && [[ ! -e $part ]]; then
        say "launch $number left no dump: COMMAND must end with the arguments of an app"
        status=2
    fi
    ((status == 0)) || break
    done_parts+=("$part")
done

if ((status != 0)); then
    say "launch $number of $launches $(ending); it is not merged"
    if [[ -e $part ]]; then
        mv --backup=numbered "$part" "${output%.h5}-launch$number.h5"
        say "its dump is ${output%.h5}-launch$number.h5"
    fi
fi
if ((${#done_parts[@]})); then
    if ! merge_launches "$output" "${done_parts[@]}" "${force[@]}"; then
        trap - EXIT
        say "they could not be merged; the dumps of the launches are in $parts"
        exit $((status ? status : 2))
    fi
    say "merged ${#done_parts[@]} of $launches launches"
    echo "$merged"
fi
exit $((status ? status : untested))
