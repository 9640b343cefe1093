# shellcheck shell=bash
# What the tests on a real Slurm share: a cluster, and submitting to it from a checkout with a space in its path. To be
# sourced; wants BIN and SOURCE. Ends the test with 77 and the reason where there can be no cluster.
# CLUSTER_OPTIONS=--ports: as where there are no namespaces.

source=$(cd "${SOURCE:?the checkout}" && pwd)
# shellcheck source=tests/support/lib.sh
. "$source/tests/support/lib.sh"
for name in $(compgen -e | grep -E '^(OMPI|PRTE|SLURM|SBATCH|PACER)_' || true); do unset "$name"; done
unset OMP_NUM_THREADS
PACER_BIN=$(cd "${BIN:?the folder of the programs}" && pwd)
export PACER_BIN
export PACER_PINNING=none # the nodes share their cores, and would all bind to the first
timings=$PACER_BIN/timings
cluster_sh=$source/tests/jobs/slurm/cluster.sh
cluster=

trap 'status=$?; [[ -z $cluster ]] || "$cluster_sh" down "$cluster"; rm -rf "$scratch"; exit "$status"' EXIT
trap 'exit 143' TERM INT HUP

# start_cluster OPTION...: of cluster.sh up.
# shellcheck disable=SC2120 # most tests want none
start_cluster() {
    local status=0
    # shellcheck disable=SC2086 # words
    cluster=$("$cluster_sh" up --owner "$$" "$@" ${CLUSTER_OPTIONS-} 2>"$scratch/up") || status=$?
    [[ $status -ne 77 ]] || { echo "skipped: no Slurm to test the job scripts on: $(<"$scratch/up")" && exit 77; }
    [[ $status -eq 0 ]] || { cat "$scratch/up" >&2 && exit 1; }
    [[ ! -s $scratch/up ]] || cat "$scratch/up" >&2
}
on_login() { "$cluster_sh" run "$cluster" "$@"; }
submit() { on_login sbatch --parsable "$@"; }

# about ID FIELD: what scontrol knows of the job.
about() { on_login scontrol --oneliner show job "$1" | grep -oE "(^| )$2=[^ ]*" | head -n 1 | cut -d= -f2; }

# until_true SECONDS COMMAND...
until_true() {
    local tries=$(($1 * 5))
    shift
    while ! "$@"; do
        ((tries-- > 0)) || return 1
        sleep 0.2
    done
}
has_ended() { [[ ! $(about "$1" JobState) =~ ^(PENDING|CONFIGURING|RUNNING|COMPLETING|SUSPENDED|REQUEUED)$ ]]; }
is() { [[ $(about "$1" JobState) == "$2" ]]; }

# switch_off NODE HELD: pulls its plug, and waits until Slurm has noticed; meanwhile there is the file HELD, for which the
# programs of its job may wait.
switch_off() {
    : >"$2"
    "$cluster_sh" off "$cluster" "$1"
    until_true 60 is_down "$1" || fail "Slurm does not notice that $1 is off: $(on_login sinfo --Node --long)"
    rm "$2"
}
is_down() { [[ $(on_login sinfo --noheader --nodes="$1" --format=%T) == down* ]]; }

log_of() { find jobs/runs \( -name "*-$1.log" -o -name "*-$1_*.log" \) -exec cat {} +; }

# ended ID STATE STATUS WHAT [SECONDS]: the job ends so; its log is $log and, for says, stdout.
ended() {
    local id=$1 code state
    what="job $id, $4"
    if ! until_true "${5:-240}" has_ended "$id"; then
        fail "$what: does not end: $(on_login scontrol show job "$id"; log_of "$id")"
        on_login scancel "$id"
    fi
    log=$(log_of "$id")
    printf '%s\n' "$log" >"$scratch/stdout"
    state=$(about "$id" JobState) code=$(about "$id" ExitCode)
    [[ $state == "$2" && ${code%:*} == "$3" ]] || fail "$what: $state with ${code%:*}, not $2 with $3: $log"
}
prints() { says out "$1" "$what"; }

# facts DUMP FIELD: the distinct values of a field of timings export, in one line.
facts() {
    "$timings" export "$1" --format json | python3 -c '
import json, sys
launches = json.load(sys.stdin)["launches"]
print(" ".join(sorted({str(launch["circumstances"].get(sys.argv[1])) for launch in launches})))' "$2"
}
# launches_in DUMP COUNT: it is whole, all answers are right, and it has so many launches.
launches_in() {
    local said
    said=$("$timings" validate "$1" 2>&1) || fail "$what: $1: $said"
    [[ $said == *"checksums, $2 launch"* ]] || fail "$what: not $2 launches: $said"
}

mkdir -p "$scratch/a checkout"
cp -r "$source/jobs" "$scratch/a checkout"
rm -rf "$scratch/a checkout/jobs/runs/"*
cd "$scratch/a checkout" || exit
