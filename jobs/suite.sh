#!/usr/bin/env bash
# Runs every app with sensible sizes, merges the dumps into one file, and ends with one page: what this machine can do,
# what is wrong with it, and the best variant of each app.
#
#     jobs/suite.sh [-o FILE] [--force] [--quick] [--apps LIST] LAUNCHER...
#
#     -o FILE     the merged dump (suite-<UTC time>.h5)
#     --force     replace FILE if it exists
#     --quick     small sizes, six repeats, no limits: shows in a minute that everything works; its figures mean nothing,
#                 the dump says so, and timings mixes it with no other
#     --apps LIST only these, separated by commas
#     --help      this text
#
#     jobs/local.sh suite                       on this machine, with all that is needed
#     jobs/suite.sh -o node7.h5 mpirun -np 64   with the command that starts the processes of an app
#     jobs/suite.sh srun
#
# An app that fails does not end the suite; the status is then that of the first that failed, or 3 if all that is wrong is
# that there was no time for some variant. Ctrl-C ends it: what is done is merged and shown. The programs are those of
# PACER_BIN, or of build/release/bin.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

# An app and its arguments; after the bar, what --quick adds.
suite=(
    'reduce --max-seconds 15 | -n 1e6'
    'reduce --source memory --type f64 -n 128Mi --max-seconds 20 | -n 1e6'
    'fileio --max-seconds 20 | -n 100'
    'queues --workload heavy --max-seconds 25 | -n 20'
    'race --max-seconds 20 | -n 1e4 --window-increments 100'
    'memory --max-seconds 60 | -n 1e5'
    'memory --sweep --max-seconds 35 | -n 1e4'
    'syntax --max-seconds 25 | -n 100 --work 100 --files 20'
    'overhead --max-seconds 30 | -n 8 --workers 2'
    'storage --max-seconds 30 | -n 64Ki --block 4Ki --files 20'
)
quick_options=(--repeats 6 --max-seconds 30 --no-limits)

# choose_apps LIST: leaves only their launches.
choose_apps() {
    local names name line some=()
    IFS=, read -ra names <<<"$1"
    for name in "${names[@]}"; do
        local before=${#some[@]}
        for line in "${suite[@]}"; do [[ ${line%% *} != "$name" ]] || some+=("$line"); done
        ((${#some[@]} > before)) || refuse "unknown app '$name'; choose from $(printf '%s\n' "${suite[@]%% *}" | sort -u | paste -sd, | sed 's/,/, /g')"
    done
    suite=("${some[@]}")
}

output=suite-$(date -u +%Y%m%dT%H%M%SZ).h5
force=()
quick=false
chosen=
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
    --quick) quick=true ;;
    --apps)
        [[ -n ${2-} ]] || refuse "--apps needs names, separated by commas"
        chosen=${chosen:+$chosen,}$2
        shift
        ;;
    -*) refuse "unknown option '$1', see --help" ;;
    *) break ;;
    esac
    shift
done
[[ -z $chosen ]] || choose_apps "$chosen"
(($#)) || refuse "name the command that starts the processes, such as mpirun -np 4, or run jobs/local.sh suite"
command -v "$1" >/dev/null || refuse "there is no $1 to start the processes of an app (--apps chooses among the apps)"
[[ ! -e $output || ${#force[@]} -gt 0 ]] || refuse "$output exists; choose another name, or --force to replace it"
programs=${PACER_BIN:-$root/build/release/bin}
for line in "${suite[@]}"; do
    [[ -x $programs/${line%% *} ]] || refuse "there is no program $programs/${line%% *}: build it with jobs/setup.sh, or name the folder in PACER_BIN"
done
find_timings "$programs" || refuse "there is no program timings: name it in TIMINGS"

parts=$(cd "$(dirname "$output")" && mktemp -d "$PWD/.suite.XXXXXX") || refuse "cannot write beside $output"
trap 'rm -rf "$parts"' EXIT

done_parts=()
status=0
SECONDS=0
watch_signals
for ((number = 1; number <= ${#suite[@]}; ++number)); do
    line=${suite[number - 1]}
    read -ra words <<<"${line% | *}"
    if $quick; then
        read -ra more <<<"${line#* | }"
        words+=("${more[@]}" "${quick_options[@]}")
    fi
    say "$number of ${#suite[@]}, after $SECONDS s: ${words[*]}"
    part=$parts/$(printf '%02d' "$number").h5
    ended=0
    run_launch "$@" "$programs/${words[0]}" "${words[@]:1}" --quiet --dump "$part" >&2 || ended=$?
    [[ ! -e $part ]] || done_parts+=("$part")
    ((ended == 0 || stopped != 0)) || say "${words[*]} ended with status $ended"
    ((ended == 0 || (status != 0 && status != 3))) || status=$ended # one that failed tells more than one without time
    ((stopped == 0)) || break
done
((stopped == 0)) || status=$stopped

((${#done_parts[@]})) || exit $((status ? status : 2))
! $quick || force+=(--quick)
if ! merge_launches "$output" "${done_parts[@]}" "${force[@]}"; then
    trap - EXIT
    say "they could not be merged; the dumps of the launches are in $parts"
    exit $((status ? status : 2))
fi
say "${#done_parts[@]} of ${#suite[@]} launches, $SECONDS s"
! $quick || echo "a quick run: with sizes so small the figures below say nothing of this machine"
judged=0
"$timings" summary "$merged" || judged=$?
echo "dump: $merged"
exit $((status ? status : judged))
