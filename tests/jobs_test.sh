#!/usr/bin/env bash
# Tests of jobs/*.sh and tests/run.sh, without network: in a copy of the checkout whose path has a space and whose
# programs are those in $BIN, with stand-ins for the package manager, for id and, where the command line is what is
# judged, for mpirun.
#
#     BIN=build/release/bin SOURCE=. tests/jobs_test.sh
set -euo pipefail

source=$(cd "${SOURCE:?the checkout}" && pwd)
bin=$(cd "${BIN:?the folder of the programs}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What the caller set for MPI is not what is tested.
for name in $(compgen -e | grep -E '^(OMPI|PRTE)_' || true); do unset "$name"; done
unset CI CMAKE_BUILD_PARALLEL_LEVEL OMP_NUM_THREADS

# --- the copy: the scripts, and a project without sources whose tests are one that passes and one that fails
copy="$work/a checkout"
mkdir -p "$copy/tests" "$copy/apps/"{reduce,timings,standin} "$copy/build/release/bin"
cp -r "$source/jobs" "$source/CMakePresets.json" "$copy"
cp "$source/tests/run.sh" "$copy/tests"
ln -s "$bin"/* "$copy/build/release/bin"
cat >"$copy/build/release/bin/standin" <<SH
#!/bin/sh
[ "\$1" = exit ] && exit "\$2"
touch "running-\$\$"
exec sleep 1000
SH
chmod +x "$copy/build/release/bin/standin"
cat >"$copy/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(copy LANGUAGES NONE)
file(WRITE ${PROJECT_BINARY_DIR}/settings "werror=${PACER_WERROR} tests=${BUILD_TESTING}")
if(BREAK_CONFIGURE)
    message(FATAL_ERROR "the configure log")
endif()
add_custom_target(all_there ALL COMMAND "$<IF:$<BOOL:${BREAK_BUILD}>,false,true>" COMMENT "the build log" VERBATIM)
enable_testing()
add_test(NAME passes COMMAND true)
add_test(NAME fails COMMAND false)
add_test(NAME skips COMMAND sh -c "echo skipped: no reason at all; exit 77")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)
CMAKE

# stand_in FOLDER NAME: a program of the text on stdin.
stand_in() {
    mkdir -p "$work/$1"
    { echo '#!/bin/sh' && cat; } >"$work/$1/$2"
    chmod +x "$work/$1/$2"
}
# A Debian where everything is installed and nobody may call apt-get.
stand_in debian dpkg-query <<'SH'
shift 2
for package; do [ "$package" = "$ABSENT" ] || echo "$package installed"; done
SH
stand_in debian apt-get <<SH
echo "apt-get \$*" >>"$work/apt.log"
SH
stand_in debian id <<'SH'
echo "$FAKE_UID"
SH
# Launchers that show what they were given.
stand_in openmpi mpirun <<'SH'
[ "$1" != --version ] || { echo "mpirun (Open MPI) ${FAKE_VERSION:-4.1.4}"; exit; }
echo "mpirun $*"; env | grep ^OMPI_ | sort
SH
stand_in mpich mpirun <<'SH'
[ "$1" != --version ] || { echo "HYDRA build details:"; exit; }
echo "mpirun $*"; env | grep ^OMPI_ | sort
SH
stand_in one_core nproc <<<'echo 1'
stand_in no_lscpu lscpu <<<'exit 1'
stand_in many_cores nproc <<<'echo 64'
export ABSENT=none FAKE_UID=1000
export PATH="$work/debian:$PATH"

# --- the checks
failures=0
checks=0
# run COMMAND...: leaves $status, $out and $err.
run() {
    status=0
    what="$*"
    out=$("$@" 2>"$work/err" </dev/null) || status=$?
    err=$(<"$work/err")
}
# with PATH-FOLDER... -- COMMAND...: run with stand-ins first in PATH.
with() {
    local path=$PATH
    while [[ $1 != -- ]]; do
        path=$work/$1:$path
        shift
    done
    shift
    PATH=$path run "$@"
}
# judge DESCRIPTION CONDITION-COMMAND...
judge() {
    local description=$1
    shift
    ((++checks))
    if ! "$@"; then
        ((++failures))
        printf 'FAILED: %s\n  command: %s\n  status: %s\n  stdout: %s\n  stderr: %s\n' \
            "$description" "$what" "$status" "$out" "$err"
    fi
}
ends_with() { judge "exit status is $1" test "$status" -eq "$1"; }
says() { judge "stderr says '$1'" grep -qF -e "$1" <<<"$err"; }
says_not() { judge "stderr does not say '$1'" not grep -qF -e "$1" <<<"$err"; }
prints() { judge "stdout has '$1'" grep -qF -e "$1" <<<"$out"; }
prints_not() { judge "stdout has no '$1'" not grep -qF -e "$1" <<<"$out"; }
not() { ! "$@"; }
lines() { wc -l <<<"$1"; }

mkdir "$work/elsewhere"
cd "$work/elsewhere"
local_sh="$copy/jobs/local.sh"

# --- usage
for script in jobs/setup.sh jobs/local.sh tests/run.sh; do
    run "$copy/$script" --help
    ends_with 0
    prints "$script"
    judge "help goes to stdout alone" test -z "$err"
done
run "$local_sh" --help
prints "apps: reduce standin timings"

run "$local_sh" no-such-app
ends_with 2
says "there is no app 'no-such-app'; there are: reduce standin timings"
run "$local_sh" ../reduce
ends_with 2
run "$local_sh" --no-such-option
ends_with 2
says "unknown option '--no-such-option'"
for number in 0 -1 2x ""; do
    run "$local_sh" --np "$number"
    ends_with 2
    says "--np needs a whole number above 0"
done
run "$local_sh" --launches
ends_with 2
says "--launches needs a whole number above 0"
run "$local_sh" --np 2 timings
ends_with 2
says "timings runs as one process"
run "$copy/jobs/setup.sh" --no-such-option
ends_with 2
judge "bad usage touches nothing" test ! -e "$copy/build/release/Makefile"

# --- set-up
run "$copy/jobs/setup.sh"
ends_with 0
run "$copy/jobs/setup.sh"
ends_with 0
judge "one line when all is there" test "$(lines "$err")" -eq 1
says "build/release is up to date"
judge "nothing missing: apt-get is not called" test ! -e "$work/apt.log"
judge "without --tests none are built" grep -q "tests=OFF" "$copy/build/release/settings"

run "$copy/jobs/setup.sh" -DBREAK_BUILD=ON
ends_with 1
says "the build log"
run "$copy/jobs/setup.sh" -DBREAK_BUILD=OFF -DBREAK_CONFIGURE=ON
ends_with 1
says "the configure log"

# Every program in PATH but sudo: then nobody can install.
mkdir "$work/no_sudo"
IFS=: read -ra folders <<<"$PATH"
for folder in "${folders[@]}"; do
    for program in "$folder"/*; do
        [[ ! -x $program || -e $work/no_sudo/${program##*/} ]] || ln -s "$program" "$work/no_sudo/"
    done
done
rm -f "$work/no_sudo/sudo"
path=$PATH
export PATH="$work/no_sudo"
sentence="not installed: libfmt-dev; ask an administrator for: apt-get install libfmt-dev"
ABSENT=libfmt-dev run "$copy/jobs/setup.sh"
ends_with 1
says "the configure log"
judge "the sentence is the last line, and there once" test "$(grep -nF "$sentence" <<<"$err" | cut -d: -f1)" = "$(lines "$err")"
run "$copy/jobs/setup.sh" -DBREAK_CONFIGURE=OFF
ABSENT=libfmt-dev run "$copy/jobs/setup.sh"
ends_with 0
says "$sentence (the build did without)"
ABSENT=hdf5-tools run "$copy/jobs/setup.sh"
says_not "hdf5-tools"
ABSENT=hdf5-tools run "$copy/jobs/setup.sh" --tests
ends_with 0
says "ask an administrator for: apt-get install hdf5-tools"
rm "$work/no_sudo/cmake"
ABSENT=cmake run "$copy/jobs/setup.sh"
ends_with 1
judge "without cmake the sentence is all" test "$err" = \
    "setup.sh: not installed: cmake; ask an administrator for: apt-get install cmake"
rm "$work/no_sudo/apt-get"
run "$copy/jobs/setup.sh"
ends_with 1
says "this is no Debian (there is no apt-get): install by its own means what Debian calls g++ cmake"
export PATH="$path"
judge "no root: apt-get is not called" test ! -e "$work/apt.log"

ABSENT=libfmt-dev FAKE_UID=0 run "$copy/jobs/setup.sh"
ends_with 0
judge "root: one update, one install" test "$(grep -oE 'update|install .*' "$work/apt.log")" = \
    "update
install --yes --no-install-recommends libfmt-dev"
rm "$work/apt.log"
stand_in sudo sudo <<SH
echo sudo >>"$work/apt.log"
exec "\$@"
SH
ABSENT=libfmt-dev with sudo -- "$copy/jobs/setup.sh"
ends_with 0
judge "sudo for both" test "$(grep -c sudo "$work/apt.log")" -eq 2
rm "$work/apt.log"
stand_in broken_apt apt-get <<<'echo "no network" >&2; exit 100'
ABSENT=libfmt-dev FAKE_UID=0 with broken_apt -- "$copy/jobs/setup.sh"
says "no network"
says "$sentence"

# --- what is set for a launch
with openmpi many_cores no_lscpu -- "$local_sh" --np 2 reduce -n "1 000"
ends_with 0
prints "mpirun --bind-to none -np 2 $copy/build/release/bin/reduce -n 1 000"
says "--bind-to none:"
says "launch 1 of 1: mpirun --bind-to none -np 2 ${copy// /\\ }/build/release/bin/reduce -n 1\\ 000"
says_not "OMPI_ALLOW_RUN_AS_ROOT"
with openmpi many_cores no_lscpu -- "$local_sh"
prints "-np 4 $copy/build/release/bin/reduce"
FAKE_UID=0 with openmpi many_cores no_lscpu -- "$local_sh"
prints "OMPI_ALLOW_RUN_AS_ROOT=1"
prints "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
says "OMPI_ALLOW_RUN_AS_ROOT=1: Open MPI refuses root otherwise"
says "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1: "
with openmpi one_core -- "$local_sh" --np 2
prints "--oversubscribe"
says "--oversubscribe: Open MPI refuses more processes (2) than cores (1)"
with openmpi one_core -- "$local_sh" --np 1
prints_not "--oversubscribe"
OMP_NUM_THREADS=1 with openmpi no_lscpu -- "$local_sh" --np "$(nproc)"
prints_not "--oversubscribe"
OMPI_MCA_hwloc_base_binding_policy=core with openmpi -- "$local_sh"
prints_not "--bind-to"
printf '#!/bin/sh\nexit 1\n' >"$copy/build/may_read_other_processes"
with openmpi -- "$local_sh"
prints "OMPI_MCA_btl_vader_single_copy_mechanism=none"
says "OMPI_MCA_btl_vader_single_copy_mechanism=none: "
OMPI_MCA_btl_vader_single_copy_mechanism=emulated with openmpi -- "$local_sh"
prints "OMPI_MCA_btl_vader_single_copy_mechanism=emulated"
FAKE_VERSION=5.0.1 with openmpi -- "$local_sh"
prints_not "OMPI_MCA_btl_vader"
printf '#!/bin/sh\nexit 0\n' >"$copy/build/may_read_other_processes"
with openmpi -- "$local_sh"
prints_not "OMPI_MCA_btl_vader"
FAKE_UID=0 with mpich one_core -- "$local_sh" reduce --repeats 1
judge "MPICH gets -np and nothing else" test "$out" = "mpirun -np 4 $copy/build/release/bin/reduce --repeats 1"

# --- tests/run.sh
run "$copy/tests/run.sh" -R passes
ends_with 0
prints "100% tests passed, 0 tests failed out of 1"
judge "with the tests" grep -q "werror= tests=ON" "$copy/build/release/settings"
run "$copy/tests/run.sh"
judge "a failing test fails" test "$status" -ne 0
prints "skipped: no reason at all"
run "$copy/tests/run.sh" -R no-such-test
judge "no test is a failure" test "$status" -ne 0
CI=true run "$copy/tests/run.sh" -R passes
judge "CI: warnings are errors" grep -q "werror=ON tests=ON" "$copy/build/release/settings"

# --- real launches, as whoever runs this, with the mpirun there is
rm "$work/debian/id" "$copy/build/may_read_other_processes"
run "$local_sh" --np 2 --launches 2 reduce -n 1000 --max-seconds 0.2
ends_with 0
says "launch 2 of 2"
judge "two launches leave two dumps in the current directory" test "$(find . -name '*.h5' | wc -l)" -eq 2
dump=$(find "$PWD" -name '*.h5' | head -1)
run "$local_sh" timings show "$dump"
ends_with 0
prints "reduce"
run "$local_sh" reduce --no-such-option
ends_with 2
run "$local_sh" standin exit 75
ends_with 75
run "$local_sh" --launches 2 standin exit 3
ends_with 3
says "launch 1 of 2"
says_not "launch 2 of 2"
run "$local_sh" timings no-such-command
ends_with 2

# --- a signal in the first of two launches ends all: SIGTERM to the script alone, SIGINT to its whole group (Ctrl-C)
running() { # zombies do not count: whether they are reaped is the machine's affair
    local file count=0
    for file in running-*; do ! grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/${file#running-}/status" || ((++count)); done
    echo "$count"
}
for signal in TERM INT; do
    rm -f running-*
    what="SIG$signal in a launch" out="" status=0
    # Perl, because a background command ignores SIGINT and a shell cannot undo that.
    perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' "$local_sh" --np 2 --launches 2 standin 2>"$work/err" &
    script=$!
    for ((tenths = 0; tenths < 300; ++tenths)); do
        (($(running) < 2)) || break
        sleep 0.1
    done
    judge "two processes run" test "$(running)" -eq 2
    if [[ $signal == INT ]]; then kill -INT -- "-$script"; else kill -TERM "$script"; fi
    wait "$script" || status=$?
    err=$(<"$work/err")
    judge "the status tells of the signal" test "$status" -eq $((128 + $(kill -l "$signal")))
    judge "no second launch" not grep -qF "launch 2 of 2" <<<"$err"
    judge "no process is left" test "$(running)" -eq 0
    judge "nor mpirun" not kill -0 -- "-$script" 2>/dev/null
done

printf '%d of %d checks failed\n' "$failures" "$checks"
((failures == 0 && checks > 0))
