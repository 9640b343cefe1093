#!/usr/bin/env bash
# Installs what is missing, builds, and runs an app of Pacer on this machine.
#
#     jobs/local.sh [--mpi NAME] [--np N] [--launches N] [APP [ARGUMENT]...]
#     jobs/local.sh [--mpi NAME] [--np N] suite [ARGUMENT]...  all apps, and a one-page summary of this machine: see jobs/suite.sh
#
#     --mpi NAME     openmpi or mpich; without it that which jobs/setup.sh has built, Open MPI if both or neither
#     --np N         MPI processes (4; for the suite one per core)
#     --launches N   number of launches (1), one after the other, each with its own dump; stops at the first
#                    that fails
#     --help         this text and the list of apps
#
# APP is reduce by default; what follows it is passed to the app: jobs/local.sh --np 2 reduce -n 1e6
# The app runs in the current directory: dumps land there. timings runs as one process, without mpirun.
# Prints to stderr the command that it runs, and each setting made for it with the reason.
# The exit status is the app's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

np=
launches=1
mpi=
launch_options=false
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        echo "apps: ${apps[*]}"
        exit 0
        ;;
    --np)
        positive "$@"
        np=$2
        ;;
    --launches)
        positive "$@"
        launches=$2
        ;;
    --mpi)
        (($# > 1)) || refuse "--mpi needs a name: openmpi or mpich"
        mpi=$2
        shift 2
        continue
        ;;
    -*) refuse "unknown option '$1', see --help (options of the app go after its name)" ;;
    *) break ;;
    esac
    launch_options=true
    shift 2
done
app=${1:-reduce}
(($# == 0)) || shift

known=false
for name in "${apps[@]}" suite; do [[ $name != "$app" ]] || known=true; done
$known || refuse "unknown app '$app'; choose from ${apps[*]}, suite"
[[ $app != suite ]] || ((launches == 1)) || refuse "the suite is run once; jobs/launches.sh makes several launches of an app"
[[ $app != timings ]] || ! $launch_options || refuse "timings runs as one process: --np and --launches do not apply to it"

# What is run, and what shows its dumps.
choose_mpi "$mpi"
if [[ $app == suite ]]; then
    "$root/jobs/setup.sh" --mpi "$mpi"
else
    "$root/jobs/setup.sh" --mpi "$mpi" "$app" timings
fi
programs=$root/build/$mpi_preset/bin
program=$programs/$app

[[ $app != timings ]] || exec "$program" "$@"

if [[ $app == suite ]]; then
    np=${np:-$(cores)}
else
    np=${np:-4}
fi
mpi_launcher "$np"
[[ $app != suite ]] || PACER_BIN=$programs exec "$root/jobs/suite.sh" "$@" "${launcher[@]}"
command=("${launcher[@]}" "$program" "$@")
printf -v shown '%q ' "${command[@]}"

watch_signals
for ((number = 1; number < launches; ++number)); do
    say "launch $number of $launches: $shown"
    status=0
    run_launch "${command[@]}" || status=$?
    ((stopped == 0)) || exit "$stopped"
    ((status == 0 || status == 3)) || exit "$status" # 3: no time for some variant
done
trap - INT TERM HUP

say "launch $launches of $launches: $shown"
exec "${command[@]}"
