#!/usr/bin/env bash
# Nodes whose cores have two hardware threads, on a Slurm that cannot pin and on one that can: the jobs as shipped run, on
# all cores of a node, and count cores.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/threads_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"

export PACER_TOPOLOGY="core:8 pu:2"
small=(-n 1000 --repeats 2 --no-limits --variants hybrid)
cannot_pin="srun cannot pin ranks on this cluster (TaskPlugin=task/none in slurm.conf), so they are not bound"
seq 100 >rows.txt

# Half of a node, for a rank that is bound to one core: the others are said to be free.
cat >part.slurm <<'SH'
#!/bin/bash
#SBATCH --job-name=part
#SBATCH --output=jobs/runs/%x-%j.log
#SBATCH --hint=nomultithread
. jobs/env.sh
. jobs/job.sh
job_launcher "$SLURM_NTASKS" "$SLURM_CPUS_PER_TASK" 1
env -u OMP_NUM_THREADS "${launcher[@]}" taskset --cpu-list 0 "$PACER_BIN/reduce" "$@" --dump "$made.h5"
SH

for pinning in "" --pinning; do
    rm -f jobs/runs/*
    # shellcheck disable=SC2086 # nothing, or an option
    start_cluster --nodes 1 --cpus 8 --threads 2 $pinning
    if [[ -z $pinning ]]; then PACER_PINNING=cores told=1; else PACER_PINNING=none told=0; fi
    whole=$(submit --ntasks-per-node=2 jobs/reduce.slurm "${small[@]}")
    part=$(submit --ntasks-per-node=1 --cpus-per-task=4 part.slurm "${small[@]}")
    records=$(submit jobs/fileio.slurm rows.txt)
    for job in "$whole" "$part" "$records"; do
        ended "$job" COMPLETED 0 "cluster.sh ${pinning:-without --pinning}"
        [[ $log != *"lacks support for cpu binding"* ]] || fail "$what: srun complains: $log"
        [[ $(grep -cF "$cannot_pin" <<<"$log") -eq $told ]] || fail "$what: not told $told times that srun cannot pin: $log"
        case $job in
        "$whole") prints "hybrid   2 x 4" ;;
        "$part") prints "core of $(on_login sinfo --noheader --format=%N)  0  3 more" ;;
        "$records") # CPUs are hardware threads here
            prints "4 ranks"
            [[ $(about "$job" NumCPUs) -eq 8 ]] || fail "$what: four ranks have not four cores of their own"
            ;;
        esac
    done
    "$cluster_sh" down "$cluster"
    cluster=
done

finish
