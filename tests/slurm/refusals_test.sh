#!/usr/bin/env bash
# What is wrong with a site's settings or a command line: the job ends with status 2 and one clear sentence in its log.
#
#     BIN=build/release/bin SOURCE=. tests/slurm/refusals_test.sh
set -euo pipefail

# shellcheck source=tests/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/slurm/lib.sh"
# shellcheck disable=SC2119
start_cluster

jobs=() sentences=()
# refuses SENTENCE ARGUMENT...: of sbatch; judged in the end, since many run at a time.
refuses() {
    sentences+=("$1")
    jobs+=("$(submit --nodes=1 --ntasks-per-node=1 "${@:2}")")
}

PACER_MODULES="no-such-module" refuses "reduce: there is no command 'module' to load no-such-module" jobs/reduce.slurm
module() { [[ $2 != no-such-module ]]; } # as a site's shell exports it
export -f module
PACER_MODULES="gcc no-such-module" refuses "reduce: there is no module no-such-module: mend" jobs/reduce.slurm
PACER_SCRATCH=/proc/runs refuses "scaling: cannot write to /proc/runs: set PACER_SCRATCH" jobs/scaling.slurm
PACER_BIN=/nowhere refuses "nodes: there is no program reduce in /nowhere: build it" jobs/nodes.slurm
PACER_LAUNCHER=aprun refuses "reduce: PACER_LAUNCHER in jobs/env.sh is srun or mpirun, not 'aprun'" jobs/reduce.slurm
PACER_HOME=/nowhere refuses "submit in Pacer's folder, or set PACER_HOME to it" jobs/reduce.slurm
refuses "acceptance: name the baseline's dump" jobs/acceptance.slurm
refuses "acceptance: cannot read the baseline missing.h5" jobs/acceptance.slurm missing.h5
refuses "fileio: name the results by OUT=FILE" jobs/fileio.slurm --out results.h5 rows.txt
refuses "merge: name the array's job id" jobs/merge.slurm
refuses "merge: there are no dumps $PWD/runs/array-77_*.h5" jobs/merge.slurm 77
refuses "scaling: there is no program no-such-app in " jobs/scaling.slurm no-such-app
VALUES="1 2" refuses "array: VALUES has no number 7: submit with --array=0-1" --array=7 jobs/array.slurm
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
mkdir -p "$scratch/elsewhere/runs"
cd "$scratch/elsewhere"
small=(-n 1000 --repeats 2 --no-limits)
elsewhere=$(PACER_HOME=$home submit --nodes=1 --ntasks-per-node=2 "$home/jobs/reduce.slurm" "${small[@]}")
ended "$elsewhere" COMPLETED 0 "submitted elsewhere"
launches_in "runs/reduce-$elsewhere.h5" 1
cd "$home"
sed -i "s|^export PACER_BIN=.*|export PACER_BIN='$PACER_BIN'|; s/PACER_PINNING-cores/PACER_PINNING-none/" jobs/env.sh
for launcher in srun mpirun; do
    sed -i "s/PACER_LAUNCHER-[a-z]*/PACER_LAUNCHER-$launcher/" jobs/env.sh
    bare=$(submit --export=NONE --nodes=2 --ntasks-per-node=1 jobs/reduce.slurm "${small[@]}")
    ended "$bare" COMPLETED 0 "no environment, $launcher"
    launches_in "runs/reduce-$bare.h5" 1
done

# env.sh before submitting tells sbatch account and partition.
sed -i 's/^#export SBATCH_PARTITION=.*/export SBATCH_PARTITION=no-such-partition/' jobs/env.sh
status=0
# shellcheck source=/dev/null
(. jobs/env.sh && submit jobs/reduce.slurm) 2>"$scratch/stderr" || status=$?
expect 1 "a partition there is not"
grep -q "invalid partition" "$scratch/stderr" || fail "env.sh does not tell sbatch the partition: $(<"$scratch/stderr")"

finish
