# shellcheck shell=bash
# What the shell tests share: a scratch folder, running a command and judging how it ended. To be sourced.

# Whatever the caller set for OpenMP is not what is tested.
unset OMP_NUM_THREADS OMP_PROC_BIND OMP_PLACES
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'printf "FAILED: %s line %s: %s\n" "${0##*/}" "$LINENO" "$BASH_COMMAND" >&2' ERR # where set -e ends the test
failures=0

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    failures=$((failures + 1))
}

# run COMMAND...: its output in $out and $err, its exit status in $status.
# shellcheck disable=SC2034 # for the tests
run() {
    status=0
    "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
    out=$(cat "$scratch/stdout")
    err=$(cat "$scratch/stderr")
}

# Whether the launcher is MPICH's, Hydra.
is_mpich() { grep -q HYDRA <<<"$(mpirun --version 2>&1)"; }

# ranks_of LAUNCHER [PGREP-OPTION]...: the processes it started, one a line. MPICH's has a helper between.
ranks_of() {
    local helper
    helper=$(pgrep -P "$1" -x hydra_pmi_proxy || true)
    pgrep -P "${helper:-$1}" "${@:2}" || true
}

# interrupted SIGNAL MPIRUN...: the same for a launch whose last rank gets the signal two seconds after its
# start, when a function `meanwhile`, if there is one, has been called.
# shellcheck disable=SC2034 # for the tests
interrupted() {
    local signal=$1 launcher ranks=''
    shift
    "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
    launcher=$!
    for _ in $(seq 100); do
        sleep 0.1
        ranks=$(ranks_of "$launcher")
        [ -z "$ranks" ] || break
    done
    sleep 2
    if declare -F meanwhile >/dev/null; then meanwhile; fi
    kill "-$signal" "$(ranks_of "$launcher" | tail -n 1)"
    status=0
    timeout 60 tail --pid="$launcher" -f /dev/null || fail "the launch hangs: $*"
    wait "$launcher" || status=$?
    out=$(cat "$scratch/stdout")
    err=$(cat "$scratch/stderr")
}

# expect STATUS WHAT: the last command ended so.
expect() {
    [ "$status" -eq "$1" ] || fail "$2: exit status $status, not $1: $err"
}

# says STREAM TEXT WHAT: the text occurs in the output of the last command; STREAM is out or err.
says() {
    grep -qF -- "$2" "$scratch/std$1" || fail "$3: std$1 does not say '$2': $(cat "$scratch/std$1")"
}

# once TEXT WHAT: exactly one line on stderr has the text.
once() {
    local count
    count=$(grep -cF -- "$1" "$scratch/stderr" || true)
    [ "$count" -eq 1 ] || fail "$2: '$1' is on $count lines of stderr, not 1: $err"
}

# without REASON: part of the test cannot be done here; in the end the test counts as skipped, unless a check failed.
left_out=false
without() {
    printf 'skipped: %s\n' "$*"
    left_out=true
}

# To be called last.
finish() {
    if [ "$failures" -gt 0 ]; then
        printf '%s checks failed\n' "$failures" >&2
        exit 1
    fi
    if "$left_out"; then
        echo 'all other checks passed'
        exit 77
    fi
    echo 'all checks passed'
}
