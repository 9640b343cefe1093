#!/usr/bin/env bash
# What is wrong with a site's settings or a command line: the job ends with status 2 and one clear sentence in its log.
# And the settings as they are shipped.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/refusals_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
start_cluster --pinning

jobs=() sentences=()
# refuses SENTENCE ARGUMENT...: of sbatch; judged in the end, since many run at a time.
refuses() {
    sentences+=("$1")
    jobs+=("$(submit --nodes=1 --ntasks-per-node=1 "${@:2}")")
}

PACER_MODULES="no-such-module" refuses "reduce: there is no command 'module' to load no-such-module" jobs/reduce.slurm
module() { [[ $2 != no-such-module ]]; } # as a site's shell exports it
export -f module
PACER_MODULES="gcc no-such-module" refuses "reduce: there is no module no-such-module: fix" jobs/reduce.slurm
PACER_SCRATCH=/proc/runs refuses "scaling: cannot write to /proc/runs: set PACER_SCRATCH" jobs/scaling.slurm
PACER_BIN=/nowhere refuses "nodes: there is no program reduce in /nowhere: build it" jobs/nodes.slurm
PACER_LAUNCHER=aprun refuses "reduce: PACER_LAUNCHER in jobs/env.sh is srun or mpirun, not 'aprun'" jobs/reduce.slurm
PACER_HOME=/nowhere refuses "submit in Pacer's folder, or set PACER_HOME to it" jobs/reduce.slurm
refuses "acceptance: name the baseline's dump" jobs/acceptance.slurm
refuses "acceptance: cannot read the baseline missing.h5" jobs/acceptance.slurm missing.h5
refuses "fileio: name the results by OUT=FILE" jobs/fileio.slurm --out results.h5 rows.txt
refuses "fileio: leave out --force" jobs/fileio.slurm --force rows.txt
refuses "scaling: say how large a problem fileio is to solve" jobs/scaling.slurm fileio
refuses "scaling: leave out -n" jobs/scaling.slurm reduce -n 1e9
WEAK=many refuses "scaling: WEAK is a size" jobs/scaling.slurm
SHAPES="1x1x1 1x4" refuses "scaling: SHAPES are NODESxRANKSxTHREADS, 2x4x1 say, not '1x4'" jobs/scaling.slurm
LAUNCHES=x refuses "scaling: LAUNCHES needs a whole number" jobs/scaling.slurm
LAUNCHES=3 refuses "acceptance: LAUNCHES=3 cannot tell a change from chance" jobs/acceptance.slurm none
EXPECT=missing refuses "acceptance: cannot read EXPECT=missing" jobs/acceptance.slurm none
LAUNCHES=0 refuses "acceptance: LAUNCHES needs a whole number" jobs/acceptance.slurm none
FRESH=x refuses "acceptance: FRESH needs a whole number" jobs/acceptance.slurm none
MINUTES=0 refuses "acceptance: MINUTES needs a whole number" jobs/acceptance.slurm none
LAUNCHES=0 refuses "nodes: LAUNCHES needs a whole number" jobs/nodes.slurm
refuses "merge: name the array's job id" jobs/merge.slurm
refuses "merge: there are no dumps $PWD/jobs/runs/array-77_*.h5" jobs/merge.slurm 77
refuses "scaling: there is no program no-such-app in " jobs/scaling.slurm no-such-app
VALUES="1 2" refuses "array: VALUES has no number 7: submit with --array=0-1" --array=7 jobs/array.slurm
refuses ".parts is there already, of another job with this number: move it away" --hold --nodes=2 jobs/nodes.slurm
mkdir -p "jobs/runs/nodes-${jobs[-1]}.parts"
on_login scontrol release "${jobs[-1]}"
good=$(PACER_MODULES=gcc submit --nodes=1 --ntasks-per-node=1 jobs/reduce.slurm -n 1000 --repeats 2 --no-limits)

for index in "${!jobs[@]}"; do
    job=${jobs[index]}
    ended "$job" FAILED 2 "${sentences[index]}"
    prints "${sentences[index]}"
    [[ $(wc -l <<<"$log") -eq 1 ]] || fail "$what: not one line: $log"
done
ended "$good" COMPLETED 0 "modules that are there"

# Submitted elsewhere, told where Pacer is; and nothing of the environment goes along.
home=$PWD
mkdir -p "$scratch/elsewhere/jobs/runs"
cd "$scratch/elsewhere"
small=(-n 1000 --repeats 2 --no-limits)
elsewhere=$(PACER_HOME=$home submit --nodes=1 --ntasks-per-node=2 "$home/jobs/reduce.slurm" "${small[@]}")
ended "$elsewhere" COMPLETED 0 "submitted elsewhere"
launches_in "jobs/runs/reduce-$elsewhere.h5" 1
cd "$home"
sed -i "s|^export PACER_BIN=.*|export PACER_BIN='$PACER_BIN'|; s/PACER_PINNING-cores/PACER_PINNING-none/" jobs/env.sh
echo "unset SLURM_NTASKS" >>jobs/env.sh # as Slurm 23.02.0 does
for launcher in srun mpirun; do
    sed -i "s/PACER_LAUNCHER-[a-z]*/PACER_LAUNCHER-$launcher/" jobs/env.sh
    bare=$(submit --export=NONE --nodes=2 --ntasks-per-node=1 jobs/reduce.slurm "${small[@]}")
    ended "$bare" COMPLETED 0 "no environment, $launcher"
    launches_in "jobs/runs/reduce-$bare.h5" 1
    prints "2 ranks"
done

run env -u PACER_HOME bash jobs/reduce.slurm
expect 2 "no job"
once "submit in Pacer's folder" "no job"
PACER_HOME=$PWD run bash jobs/reduce.slurm
expect 2 "no job, but Pacer's folder"
once "reduce.slurm is a job script: sbatch jobs/reduce.slurm" "no job, but Pacer's folder"

# Pinned, as shipped, each rank has a core of its own.
if taskset --cpu-list 0,1 true 2>/dev/null && (($(lscpu --parse=CORE,SOCKET | sed '/^#/d' | sort -u | wc -l) > 1)); then
    for launcher in srun mpirun; do
        pinned=$(PACER_PINNING=cores PACER_LAUNCHER=$launcher submit --nodes=1 --ntasks-per-node=2 \
            --cpus-per-task=1 jobs/reduce.slurm "${small[@]}")
        ended "$pinned" COMPLETED 0 "pinned by $launcher"
        cpus=$("$timings" export "jobs/runs/reduce-$pinned.h5" --format json | python3 -c '
import json, sys
print(*sorted(rank["cpus_allowed"] for launch in json.load(sys.stdin)["launches"] for rank in launch["placement"]))')
        # One set of CPUs each, of one core: two where a core is two hardware threads.
        [[ $(wc -w <<<"$cpus") -eq 2 && ${cpus% *} != "${cpus#* }" ]] || fail "$what: the ranks have the CPUs $cpus"
    done
else
    without "this machine has no two cores, with CPUs 0 and 1, to pin ranks to"
fi

# A PMI that MPI does not understand: no rank hears of another. Open MPI sees it, unless it does not see Slurm either.
cat >"$scratch/alone" <<'SH'
mapfile -t kept < <(env | grep -E "^(OMPI_|SLURM_STEP_NUM_TASKS=|PATH=|HOME=)")
exec env -i "${kept[@]}" "$@"
SH
for tasks in 1 2; do
    run on_login srun --nodes=1 --ntasks="$tasks" --mpi=none bash "$scratch/alone" \
        "$PACER_BIN/reduce" "${small[@]}" --no-dump
    expect "$((tasks == 1 ? 0 : 2))" "$tasks tasks without PMI"
done
says err "reduce: srun started 2 tasks, and MPI does not connect them" "2 tasks without PMI"

# The same where Open MPI sees Slurm: without any PMI, and with one that Debian's does not know. A single task, or several
# that are meant to be alone, need none.
for pmi in none pmi2; do
    for tasks in 1 2; do
        run on_login srun --nodes=1 --ntasks="$tasks" --mpi="$pmi" "$PACER_BIN/reduce" "${small[@]}" --no-dump
        expect "$((tasks == 1 ? 0 : 2))" "$tasks tasks, --mpi=$pmi"
        [[ $err != *OMPI* && $err != *OPAL* ]] || fail "$tasks tasks, --mpi=$pmi: Open MPI is heard: $err"
    done
    once "reduce: srun started 2 tasks, and MPI does not connect them" "2 tasks, --mpi=$pmi"
    PACER_ALONE=1 run on_login srun --nodes=1 --ntasks=2 --mpi="$pmi" "$PACER_BIN/reduce" "${small[@]}" --no-dump
    expect 0 "two alone, --mpi=$pmi"
done

# env.sh before submitting tells sbatch account and partition.
sed -i 's/^#export SBATCH_PARTITION=.*/export SBATCH_PARTITION=no-such-partition/' jobs/env.sh
status=0
# shellcheck source=/dev/null
(. jobs/env.sh && submit jobs/reduce.slurm) 2>"$scratch/stderr" || status=$?
expect 1 "a partition there is not"
grep -q "invalid partition" "$scratch/stderr" || fail "env.sh does not tell sbatch the partition: $(<"$scratch/stderr")"

finish
