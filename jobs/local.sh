#!/usr/bin/env bash
# Installs what is missing, builds, and runs an app of Pacer on this machine.
#
#     jobs/local.sh [--np N] [--launches N] [APP [ARGUMENT]...]
#
#     --np N         MPI processes (4)
#     --launches N   so many launches one after the other (1), each with a dump of its own; the first that fails
#                    is the last
#     --help         this text and the apps there are
#
# APP is reduce unless named; what follows it is the app's own: jobs/local.sh --np 2 reduce -n 1e6
# The app runs in the current directory: dumps land there. timings runs as one process, without mpirun.
# Printed, on stderr: the command that really runs, and each setting made for it with its reason.
# The exit status is the app's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

# positive OPTION [VALUE]: refuses a value that is no whole number above 0.
positive() {
    [[ ${2-} =~ ^[1-9][0-9]{0,5}$ ]] || refuse "$1 needs a whole number above 0, not '${2-}'"
}

np=4
launches=1
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
    -*) refuse "unknown option '$1', see --help (options of the app go after its name)" ;;
    *) break ;;
    esac
    launch_options=true
    shift 2
done
app=${1:-reduce}
(($# == 0)) || shift

known=false
for name in "${apps[@]}"; do [[ $name != "$app" ]] || known=true; done
$known || refuse "there is no app '$app'; there are: ${apps[*]}"
[[ $app != timings ]] || ! $launch_options || refuse "timings runs as one process: --np and --launches are not for it"

"$root/jobs/setup.sh"
program=$root/build/release/bin/$app

[[ $app != timings ]] || exec "$program" "$@"

# Whether a process may read the memory of another of the same user: a container's filter or the kernel may forbid
# it, and Open MPI then complains about every larger message. Tried out, since no setting tells it for sure.
may_read_other_processes() {
    local probe=$root/build/may_read_other_processes
    [[ -x $probe ]] || "${CXX:-c++}" -x c++ -o "$probe" - <<'SOURCE' || return 0
#include <csignal>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
int main() {
    char theirs = 1, ours = 0;
    const pid_t child = fork();
    if (child == 0) { pause(); _exit(0); }
    const iovec to{&ours, 1}, from{&theirs, 1};
    const bool read = child > 0 && process_vm_readv(child, &to, 1, &from, 1, 0) == 1;
    if (child > 0 && kill(child, SIGKILL) == 0) waitpid(child, nullptr, 0);
    return read ? 0 : 1;
}
SOURCE
    "$probe"
}

# set_for_run NAME VALUE REASON: sets an environment variable unless the user did.
set_for_run() {
    [[ -z ${!1-} ]] || return 0
    export "$1=$2"
    say "$1=$2: $3"
}

options=()
version=$(mpirun --version 2>&1) || true
if [[ $version =~ "(Open MPI) "([0-9]+) ]]; then
    major=${BASH_REMATCH[1]}
    if (($(id -u) == 0)); then
        set_for_run OMPI_ALLOW_RUN_AS_ROOT 1 "Open MPI refuses root otherwise"
        set_for_run OMPI_ALLOW_RUN_AS_ROOT_CONFIRM 1 "Open MPI wants to be told twice"
    fi
    if ((np > $(cores))); then
        options+=(--oversubscribe)
        say "--oversubscribe: Open MPI refuses more processes ($np) than cores ($(cores)) otherwise"
    fi
    if ! compgen -e | grep -qE '^(OMPI|PRTE)_MCA_.*bind'; then
        options+=(--bind-to none)
        say "--bind-to none: Open MPI would bind a process to one core, and its threads would share it"
    fi
    if ((major < 5)) && ! may_read_other_processes; then
        set_for_run OMPI_MCA_btl_vader_single_copy_mechanism none \
            "a process may not read the memory of another here, as Open MPI would for larger messages"
    fi
fi
command=(mpirun "${options[@]}" -np "$np" "$program" "$@")
printf -v shown '%q ' "${command[@]}"

# A signal that ends this script must end the launch under way too; Ctrl-C reaches mpirun by itself.
stopped=0
launch=
trap 'stopped=130' INT
trap 'stopped=143; [[ -z $launch ]] || kill -TERM "$launch" || true' TERM HUP
for ((number = 1; number < launches; ++number)); do
    say "launch $number of $launches: $shown"
    status=0
    "${command[@]}" <&0 &
    launch=$!
    wait "$launch" || status=$?
    while kill -0 "$launch" 2>/dev/null; do # a signal ends wait, not mpirun
        status=0
        wait "$launch" || status=$?
    done
    launch=
    ((stopped == 0)) || exit "$stopped"
    ((status == 0)) || exit "$status"
done
trap - INT TERM HUP

say "launch $launches of $launches: $shown"
exec "${command[@]}"
