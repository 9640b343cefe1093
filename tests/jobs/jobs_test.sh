#!/usr/bin/env bash
# Tests of jobs/*.sh and tests/run.sh, without network: in a copy of the checkout whose path has a space and whose
# programs are those in $BIN, with stand-ins for the package manager, for id and, where the command line is what is
# judged, for mpirun.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/jobs_test.sh
set -euo pipefail

checkout=$(cd "${SOURCE:?the checkout}" && pwd)
bin=$(cd "${BIN:?the folder of the programs}" && pwd)
# shellcheck source=tests/support/lib.sh
. "$checkout/tests/support/lib.sh"
# What the caller set for MPI is not what is tested.
for name in $(compgen -e | grep -E '^(OMPI|PRTE)_' || true); do unset "$name"; done
unset CI CMAKE_BUILD_PARALLEL_LEVEL OMP_NUM_THREADS

# --- the copy: the scripts, and a project without sources whose tests are one that passes and one that fails
copy="$scratch/a checkout"
mkdir -p "$copy/tests" "$copy/apps/"{reduce,timings,standin} "$copy/build/release/bin"
cp -r "$checkout/jobs" "$checkout/CMakePresets.json" "$copy"
cp "$checkout/tests/run.sh" "$copy/tests"
ln -s "$bin"/* "$copy/build/release/bin"
cat >"$copy/build/release/bin/standin" <<SH
#!/bin/sh
[ "\$1" = exit ] && exit "\$2"
touch "running-\$\$"
exec sleep 60
SH
chmod +x "$copy/build/release/bin/standin"
cat >"$copy/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(copy LANGUAGES NONE)
file(WRITE ${PROJECT_BINARY_DIR}/settings "werror=${PACER_WERROR} tests=${BUILD_TESTING}")
if(BREAK_CONFIGURE)
    message(FATAL_ERROR "the configure log")
endif()
add_custom_target(reduce ALL COMMAND "$<IF:$<BOOL:${BREAK_BUILD}>,false,true>" COMMENT "the build log" VERBATIM)
add_custom_target(timings COMMAND "$<IF:$<BOOL:${BREAK_TIMINGS}>,false,true>")
add_custom_target(standin)
add_custom_target(tests ALL COMMAND "$<IF:$<BOOL:${BREAK_TESTS}>,false,true>" COMMENT "the tests' log" VERBATIM)
enable_testing()
add_test(NAME passes COMMAND true)
add_test(NAME fails COMMAND false)
add_test(NAME skips COMMAND sh -c "echo skipped: no reason at all; exit 77")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)
CMAKE

# stand_in FOLDER NAME: a program of the text on stdin.
stand_in() {
    mkdir -p "$scratch/$1"
    { echo '#!/bin/sh' && cat; } >"$scratch/$1/$2"
    chmod +x "$scratch/$1/$2"
}
# A Debian where everything is installed and nobody may call apt-get.
stand_in debian dpkg-query <<'SH'
shift 2
for package; do [ "$package" = "$ABSENT" ] || echo "$package installed"; done
SH
stand_in debian apt-get <<SH
echo "apt-get \$*" >>"$scratch/apt.log"
SH
stand_in debian id <<'SH'
echo "$FAKE_UID"
SH
# Launchers that show what they were given.
stand_in openmpi mpirun <<'SH'
[ "$1" != --version ] || { echo "mpirun (Open MPI) ${FAKE_VERSION:-4.1.4}"; exit; }
echo "mpirun $*"; env | grep ^OMPI_ | sort
SH
stand_in slurm scontrol <<'SH'
case $* in
"show config") echo "MpiDefault              = ${FAKE_MPI:-none}" ;;
"show hostnames node[5-8]") printf 'node5\nnode6\nnode7\nnode8\n' ;;
ping) [ ! -e "$FAKE_DOWN" ] || { echo "Slurmctld(primary) at head is DOWN" && rm "$FAKE_DOWN" && exit 1; } &&
    echo "Slurmctld(primary) at head is UP" ;;
esac
SH
stand_in slurm sinfo <<'SH'
printf "$FAKE_SINFO"
SH
stand_in mpich mpirun <<'SH'
[ "$1" != --version ] || { echo "HYDRA build details:"; exit; }
echo "mpirun $*"; env | grep ^OMPI_ | sort
SH
stand_in mpich mpiexec.mpich <<'SH'
[ "$1" != --version ] || { echo "HYDRA build details:"; exit; }
echo "mpiexec.mpich $*"
SH
stand_in intel mpirun <<'SH'
[ "$1" != --version ] || { echo "Intel(R) MPI Library for Linux* OS, Version 2021.10"; exit; }
SH
stand_in intel lscpu <<'SH'
printf '# CORE,SOCKET\n0,0\n1,0\n0,0\n1,0\n'
SH
stand_in one_core nproc <<<'echo 1'
stand_in no_lscpu lscpu <<<'exit 1'
stand_in many_cores nproc <<<'echo 64'
export ABSENT=none FAKE_UID=1000
export PATH="$scratch/debian:$PATH"

# --- the checks
# try COMMAND...: runs it and keeps it for the message of a failure.
try() {
    what="$*"
    run "$@"
}
# with PATH-FOLDER... -- COMMAND...: try with stand-ins first in PATH.
with() {
    local path=$PATH
    while [[ $1 != -- ]]; do
        path=$scratch/$1:$path
        shift
    done
    shift
    PATH=$path try "$@"
}
# judge DESCRIPTION CONDITION-COMMAND...
judge() {
    local description=$1
    shift
    "$@" || fail "$description: $what: exit status $status"$'\n'"  stdout: $out"$'\n'"  stderr: $err"
}
ends_with() { expect "$1" "$what"; }
warns() { says err "$1" "$what"; }
warns_not() { judge "stderr does not say '$1'" not grep -qF -e "$1" <<<"$err"; }
prints() { says out "$1" "$what"; }
prints_not() { judge "stdout has no '$1'" not grep -qF -e "$1" <<<"$out"; }
not() { ! "$@"; }
lines() { wc -l <<<"$1"; }

mkdir "$scratch/elsewhere"
cd "$scratch/elsewhere"
local_sh="$copy/jobs/local.sh"

# --- usage
for script in jobs/setup.sh jobs/local.sh tests/run.sh; do
    try "$copy/$script" --help
    ends_with 0
    prints "$script"
    judge "help goes to stdout alone" test -z "$err"
done
try "$local_sh" --help
prints "apps: reduce standin timings"

try "$local_sh" no-such-app
ends_with 2
warns "unknown app 'no-such-app'; choose from reduce standin timings"
try "$local_sh" ../reduce
ends_with 2
try "$local_sh" --no-such-option
ends_with 2
warns "unknown option '--no-such-option'"
for number in 0 -1 2x ""; do
    try "$local_sh" --np "$number"
    ends_with 2
    warns "--np needs a whole number above 0"
done
try "$local_sh" --launches
ends_with 2
warns "--launches needs a whole number above 0"
try "$local_sh" --np 2 timings
ends_with 2
warns "timings runs as one process"
try "$copy/jobs/setup.sh" --no-such-option
ends_with 2
judge "bad usage touches nothing" test ! -e "$copy/build/release/Makefile"

# --- set-up
try "$copy/jobs/setup.sh"
ends_with 0
try "$copy/jobs/setup.sh"
ends_with 0
judge "one line when all is there" test "$(lines "$err")" -eq 1
warns "build/release is up to date"
judge "nothing missing: apt-get is not called" test ! -e "$scratch/apt.log"
judge "without --tests none are built" grep -q "tests=OFF" "$copy/build/release/settings"

try "$copy/jobs/setup.sh" -DBREAK_BUILD=ON
ends_with 1
warns "the build log"
try "$copy/jobs/setup.sh" -DBREAK_BUILD=OFF -DBREAK_CONFIGURE=ON
ends_with 1
warns "the configure log"
try "$copy/jobs/setup.sh" -DBREAK_CONFIGURE=OFF -DBREAK_TESTS=ON
ends_with 0
try "$copy/jobs/setup.sh" --tests
ends_with 1
warns "the tests' log"
try "$copy/jobs/setup.sh" -DBREAK_TESTS=OFF

# What is built: the apps that are named, of those that the build has.
try "$copy/jobs/setup.sh" -DBREAK_TIMINGS=ON reduce
ends_with 0
try "$copy/jobs/setup.sh" reduce timings
ends_with 1
with openmpi -- "$local_sh" reduce
ends_with 1
try "$copy/jobs/setup.sh"
ends_with 1
try "$copy/jobs/setup.sh" "-DPACER_APPS=reduce;standin"
ends_with 0
with openmpi -- "$local_sh" reduce
ends_with 2
warns "build/release does not include timings: add it to PACER_APPS with -D"
try "$copy/jobs/setup.sh" -DBREAK_TIMINGS=OFF "-DPACER_APPS=reduce;standin;timings"

# A checkout that was moved, or copied with its build
cp -r "$copy" "$scratch/moved"
try "$scratch/moved/jobs/setup.sh"
ends_with 1
judge "one sentence for a build of another folder" test "$err" = "setup.sh: build/release was made for a checkout in \
$copy, and this one is in $scratch/moved: remove $scratch/moved/build/release and try again"

try "$copy/jobs/setup.sh" -DBREAK_CONFIGURE=ON

# Every program in PATH but sudo: then nobody can install.
mkdir "$scratch/no_sudo"
IFS=: read -ra folders <<<"$PATH"
for folder in "${folders[@]}"; do
    for program in "$folder"/*; do
        [[ ! -x $program || -e $scratch/no_sudo/${program##*/} ]] || ln -s "$program" "$scratch/no_sudo/"
    done
done
rm -f "$scratch/no_sudo/sudo"
path=$PATH
export PATH="$scratch/no_sudo"
sentence="not installed: libfmt-dev; ask an administrator for: apt-get install libfmt-dev"
ABSENT=libfmt-dev try "$copy/jobs/setup.sh"
ends_with 1
warns "the configure log"
judge "the sentence is the last line, and there once" test "$(grep -nF "$sentence" <<<"$err" | cut -d: -f1)" = "$(lines "$err")"
try "$copy/jobs/setup.sh" -DBREAK_CONFIGURE=OFF
ABSENT=libfmt-dev try "$copy/jobs/setup.sh"
ends_with 0
warns "$sentence (built without them)"
ABSENT=hdf5-tools try "$copy/jobs/setup.sh"
warns_not "hdf5-tools"
ABSENT=hdf5-tools try "$copy/jobs/setup.sh" --tests
ends_with 0
warns "ask an administrator for: apt-get install hdf5-tools"
rm "$scratch/no_sudo/cmake"
ABSENT=cmake try "$copy/jobs/setup.sh"
ends_with 1
judge "without cmake the sentence is all" test "$err" = \
    "setup.sh: not installed: cmake; ask an administrator for: apt-get install cmake"
rm "$scratch/no_sudo/apt-get"
try "$copy/jobs/setup.sh"
ends_with 1
warns "this is not Debian (there is no apt-get): install by its own means what Debian calls g++ cmake"
export PATH="$path"
judge "no root: apt-get is not called" test ! -e "$scratch/apt.log"

ABSENT=libfmt-dev FAKE_UID=0 try "$copy/jobs/setup.sh"
ends_with 0
judge "root: one update, one install" test "$(grep -oE 'update|install .*' "$scratch/apt.log")" = \
    "update
install --yes --no-install-recommends libfmt-dev"
rm "$scratch/apt.log"
stand_in sudo sudo <<SH
echo sudo >>"$scratch/apt.log"
exec "\$@"
SH
ABSENT=libfmt-dev with sudo -- "$copy/jobs/setup.sh"
ends_with 0
judge "sudo for both" test "$(grep -c sudo "$scratch/apt.log")" -eq 2
rm "$scratch/apt.log"
stand_in broken_apt apt-get <<<'echo "no network" >&2; exit 100'
ABSENT=libfmt-dev FAKE_UID=0 with broken_apt -- "$copy/jobs/setup.sh"
warns "no network"
warns "$sentence"

# --- another MPI: its packages, its build, its launcher
try "$copy/jobs/setup.sh" --mpi lam
ends_with 2
warns "unknown MPI 'lam'; choose from openmpi, mpich"
try "$copy/jobs/setup.sh" --mpi
ends_with 2
warns "--mpi needs a name: openmpi or mpich"
try "$copy/jobs/setup.sh" --mpi mpich --preset debug
ends_with 2
warns "--mpi and --preset both name a build: leave out one"
judge "bad usage touches nothing" test ! -e "$copy/build/mpich"
ABSENT=libopenmpi-dev FAKE_UID=0 try "$copy/jobs/setup.sh" --mpi mpich reduce timings
ends_with 0
warns "build/mpich is up to date"
judge "nor is Open MPI called for" test ! -e "$scratch/apt.log"
judge "MPICH's compiler is asked for" grep -q "^MPI_EXECUTABLE_SUFFIX:.*=\.mpich$" "$copy/build/mpich/CMakeCache.txt"
ABSENT=libmpich-dev FAKE_UID=0 try "$copy/jobs/setup.sh" --preset mpich reduce
judge "MPICH is installed" grep -q 'install --yes --no-install-recommends libmpich-dev$' "$scratch/apt.log"
rm "$scratch/apt.log"
ABSENT=libmpich-dev FAKE_UID=0 try "$copy/jobs/setup.sh" reduce
judge "nor MPICH for Open MPI" test ! -e "$scratch/apt.log"
mkdir "$copy/build/mpich/bin"
ln -s "$bin"/* "$copy/build/mpich/bin"
with mpich -- "$local_sh" --mpi mpich --np 2 reduce -n 1
ends_with 0
prints "mpiexec.mpich -np 2 $copy/build/mpich/bin/reduce -n 1"
with mpich -- "$local_sh" --mpi lam
ends_with 2
with openmpi mpich -- "$local_sh" --mpi openmpi --np 1 reduce
prints_not "mpich"
mv "$copy/build/release" "$scratch/kept"
with mpich -- "$local_sh" --np 1 reduce
prints "mpiexec.mpich -np 1 $copy/build/mpich/bin/reduce"
rm -r "$copy/build/mpich"
mv "$scratch/kept" "$copy/build/release"

# --- how many compile at a time: as many as a container's limits let it have
mkdir "$scratch/cgroup"
jobs_within() { # jobs_within CPU.MAX MEMORY.MAX JOBS
    echo "$1" >"$scratch/cgroup/cpu.max"
    echo "$2" >"$scratch/cgroup/memory.max"
    # shellcheck disable=SC2016 # the inner shell expands
    CGROUP=$scratch/cgroup with many_cores -- bash -c 'root=$0 && . "$root/jobs/lib.sh" && build_jobs' "$copy"
    judge "cpu.max $1 and memory.max $2 give $3 jobs" test "$out" = "$3"
}
jobs_within "150000 100000" max 2
jobs_within "50000 100000" max 1
jobs_within "max 100000" 1500000000 1
jobs_within "max 100000" 100000000 1
judge "without limits memory alone decides" test "$(CGROUP=$scratch/none bash -c "root='$copy' && . '$copy/jobs/lib.sh' && build_jobs")" -ge 1

# --- what is set for a launch
with openmpi many_cores no_lscpu -- "$local_sh" --np 2 reduce -n "1 000"
ends_with 0
prints "mpirun --bind-to none -np 2 $copy/build/release/bin/reduce -n 1 000"
warns "--bind-to none:"
warns "launch 1 of 1: mpirun --bind-to none -np 2 ${copy// /\\ }/build/release/bin/reduce -n 1\\ 000"
warns_not "OMPI_ALLOW_RUN_AS_ROOT"
with openmpi many_cores no_lscpu -- "$local_sh"
prints "-np 4 $copy/build/release/bin/reduce"
FAKE_UID=0 with openmpi many_cores no_lscpu -- "$local_sh"
prints "OMPI_ALLOW_RUN_AS_ROOT=1"
prints "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
warns "OMPI_ALLOW_RUN_AS_ROOT=1: Open MPI refuses root otherwise"
warns "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1: "
with openmpi one_core -- "$local_sh" --np 2
prints "--oversubscribe"
warns "--oversubscribe: Open MPI refuses more processes (2) than cores (1)"
with openmpi one_core -- "$local_sh" --np 1
prints_not "--oversubscribe"
OMP_NUM_THREADS=1 with openmpi no_lscpu -- "$local_sh" --np "$(nproc)"
prints_not "--oversubscribe"
OMPI_MCA_hwloc_base_binding_policy=core with openmpi -- "$local_sh"
prints_not "--bind-to"
printf '#!/bin/sh\nexit 1\n' >"$copy/build/may_read_other_processes"
with openmpi -- "$local_sh"
prints "OMPI_MCA_btl_vader_single_copy_mechanism=none"
warns "OMPI_MCA_btl_vader_single_copy_mechanism=none: "
OMPI_MCA_btl_vader_single_copy_mechanism=emulated with openmpi -- "$local_sh"
prints "OMPI_MCA_btl_vader_single_copy_mechanism=emulated"
FAKE_VERSION=5.0.1 with openmpi -- "$local_sh"
prints_not "OMPI_MCA_btl_vader"
printf '#!/bin/sh\nexit 0\n' >"$copy/build/may_read_other_processes"
with openmpi -- "$local_sh"
prints_not "OMPI_MCA_btl_vader"
FAKE_UID=0 with mpich one_core -- "$local_sh" reduce --repeats 1
judge "MPICH gets -np and nothing else" test "$out" = "mpirun -np 4 $copy/build/release/bin/reduce --repeats 1"

# --- and for one in a Slurm job
# in_job FUNCTION ARGUMENT...: what it leaves in $launcher, with the stand-in named before.
in_job() {
    # shellcheck disable=SC2016 # the inner shell expands
    with slurm "$stand_in" -- bash -c \
        'root=$0 && . "$root/jobs/lib.sh" && "$@" && echo "${launcher[*]} threads $OMP_NUM_THREADS"' "$copy" "$@"
    ends_with 0
}
export SLURM_JOB_ID=7 SLURM_JOB_NUM_NODES=4 SLURM_CPUS_PER_TASK=2 PACER_LAUNCHER=srun PACER_PINNING=cores
stand_in=openmpi
in_job job_launcher 8 2 4
prints "srun --wait=60 --immediate=120 --nodes=4 --ntasks=8 --cpus-per-task=2 --ntasks-per-node=2 --cpu-bind=cores --threads-per-core=1 threads 2"
SLURM_HINT=multithread in_job job_launcher 8 2 4
prints "--ntasks-per-node=2 --cpu-bind=cores threads 2"
PACER_SRUN_PINS=no in_job job_launcher 8 2 4
prints "srun --wait=60 --immediate=120 --nodes=4 --ntasks=8 --cpus-per-task=2 --ntasks-per-node=2 threads 2"
PACER_PINNING=none PACER_LAUNCHER_OPTIONS="--mpi=pmix --label" in_job job_launcher 5 1 2
prints "srun --wait=60 --immediate=120 --nodes=2 --ntasks=5 --cpus-per-task=1 --cpu-bind=none --mpi=pmix --label threads 1"
in_job job_launcher 1 64 1 node7
prints "srun --wait=60 --immediate=120 --nodes=1 --ntasks=1 --cpus-per-task=64 --nodelist=node7 --ntasks-per-node=1 --cpu-bind=cores --threads-per-core=1 threads 64"
for pmix in FAKE_MPI=pmix_v4 SLURM_MPI_TYPE=pmix PACER_LAUNCHER_OPTIONS=--mpi=pmix; do
    export "${pmix?}"
    in_job job_launcher 8 2 4
    warns "SLURM_PMIX_FENCE=ring: "
    SLURM_PMIX_FENCE=tree in_job job_launcher 8 2 4
    warns_not "SLURM_PMIX_FENCE"
    in_job job_launcher 8 2 1
    warns_not "SLURM_PMIX_FENCE"
    unset "${pmix%%=*}"
done
FAKE_MPI=pmi2 in_job job_launcher 8 2 4
warns_not "SLURM_PMIX_FENCE"
in_job mpi_launcher 2
prints "srun --wait=60 --immediate=120 --nodes=2 --ntasks=2 --cpus-per-task=2 --ntasks-per-node=1 --cpu-bind=cores --threads-per-core=1 threads 2"
in_job mpi_launcher 6
prints "srun --wait=60 --immediate=120 --nodes=4 --ntasks=6 --cpus-per-task=2 --cpu-bind=cores --threads-per-core=1 threads 2"
unset PACER_PINNING # told of the launcher alone
in_job mpi_launcher 2
prints "--cpu-bind=cores"
SLURM_JOB_NODELIST="node[5-8]" SLURM_JOB_CPUS_PER_NODE="64(x2),32,16" in_job eval 'launcher=(); cpus_of_nodes'
judge "the cores of each node" test "$(head -n 4 <<<"$out" | paste -sd,)" = "node5 64,node6 64,node7 32,node8 16"
touch "$scratch/down"
FAKE_DOWN=$scratch/down in_job eval 'launcher=(); wait_for_slurm; wait_for_slurm'
judge "told once that Slurm's controller does not answer" test "$(grep -c "waiting for Slurm's controller" <<<"$err")" -eq 1
export PACER_PINNING=cores
export PACER_LAUNCHER=mpirun
in_job job_launcher 8 2 4
prints "mpirun -np 8 --map-by ppr:2:node:PE=2 --bind-to core threads 2"
# shellcheck disable=SC2016 # in_job's shell expands it
SLURM_TASKS_PER_NODE=1 in_job eval 'job_launcher 8 2 4; launcher=("$SLURM_TASKS_PER_NODE")'
prints "2(x4) threads 2"
SLURM_JOB_NODELIST="node[5-8]" in_job job_launcher 4 2 2
prints "mpirun -np 4 --map-by ppr:2:node:PE=2 --bind-to core --host node5:2,node6:2 threads 2"
SLURM_JOB_NODELIST="node[5-8]" FAKE_SINFO="node5 allocated\nnode6 drained*\nnode7 down\nnode8 mixed\n" \
    in_job job_launcher 4 2 2
prints "--host node5:2,node8:2 threads 2"
PACER_PINNING=none PACER_LAUNCHER_OPTIONS="--mca pml ob1" in_job job_launcher 3 1 1 node7
prints "mpirun -np 3 --map-by ppr:3:node --bind-to none --host node7:3 --mca pml ob1 threads 1"
stand_in=mpich
in_job job_launcher 8 2 4
prints "mpirun -np 8 -ppn 2 -bind-to core:2 threads 2"
PACER_PINNING=none in_job job_launcher 8 2 4
prints "mpirun -np 8 -ppn 2 threads 2"
SLURM_JOB_NODELIST="node[5-8]" FAKE_SINFO="node5 down*\n" in_job job_launcher 4 2 2
prints "mpirun -np 4 -ppn 2 -hosts node6,node7 -bind-to core:2 threads 2"
PACER_LAUNCHER=mpiexec.mpich in_job job_launcher 1 1 1 node7
prints "mpiexec.mpich -np 1 -ppn 1 -hosts node7 -bind-to core:1 threads 1"
stand_in=intel
in_job job_launcher 1 1 1 node7
prints "mpirun -np 1 -ppn 1 -hosts node7 -genv I_MPI_PIN 1 -genv I_MPI_PIN_DOMAIN 2:compact threads 1"
in_job job_launcher 8 3 4
prints "mpirun -np 8 -ppn 2 -genv I_MPI_PIN 1 -genv I_MPI_PIN_DOMAIN 6:compact threads 3"
PACER_PINNING=none in_job job_launcher 8 3 4
prints "mpirun -np 8 -ppn 2 -genv I_MPI_PIN 0 threads 3"
unset SLURM_JOB_ID SLURM_JOB_NUM_NODES SLURM_CPUS_PER_TASK PACER_PINNING
with openmpi many_cores no_lscpu -- "$local_sh" --np 2
prints "mpirun --bind-to none -np 2" # outside a job a site's choice for jobs does not count
unset PACER_LAUNCHER

# --- tests/run.sh
try "$copy/tests/run.sh" -R passes
ends_with 0
prints "100% tests passed, 0 tests failed out of 1"
judge "with the tests" grep -q "werror= tests=ON" "$copy/build/release/settings"
try "$copy/tests/run.sh"
judge "a failing test fails" test "$status" -ne 0
prints "skipped: no reason at all"
try "$copy/tests/run.sh" -R no-such-test
judge "no test is a failure" test "$status" -ne 0
CI=true try "$copy/tests/run.sh" -R passes
judge "CI: warnings are errors" grep -q "werror=ON tests=ON" "$copy/build/release/settings"

# --- real launches, as whoever runs this, with the mpirun there is
rm "$scratch/debian/id" "$copy/build/may_read_other_processes"
try "$local_sh" --np 2 --launches 2 reduce -n 1e6 --no-limits --repeats 3
ends_with 0
warns "launch 2 of 2"
judge "two launches leave two dumps in the current directory" test "$(find . -name '*.h5' | wc -l)" -eq 2
dump=$(find "$PWD" -name '*.h5' | head -1)
try "$local_sh" timings show "$dump"
ends_with 0
prints "reduce"
warns_not "mpirun"
try "$local_sh" reduce --no-such-option
ends_with 2
try "$local_sh" standin exit 75
ends_with 75
try "$local_sh" --launches 2 standin exit 5
ends_with 5
warns "launch 1 of 2"
warns_not "launch 2 of 2"
try "$local_sh" --launches 2 standin exit 3 # no time for some variant is no failure
ends_with 3
warns "launch 2 of 2"
try "$local_sh" timings no-such-command
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
    perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' "$local_sh" --np 2 --launches 2 standin 2>"$scratch/err" &
    script=$!
    for ((tenths = 0; tenths < 300; ++tenths)); do
        (($(running) < 2)) || break
        sleep 0.1
    done
    judge "two processes run" test "$(running)" -eq 2
    if [[ $signal == INT ]]; then kill -INT -- "-$script"; else kill -TERM "$script"; fi
    wait "$script" || status=$?
    err=$(<"$scratch/err")
    judge "the status tells of the signal" test "$status" -eq $((128 + $(kill -l "$signal")))
    judge "no second launch" not grep -qF "launch 2 of 2" <<<"$err"
    judge "no process of the app is left" test "$(running)" -eq 0
    judge "nor mpirun" not kill -KILL -- "-$script" 2>/dev/null
done

finish
