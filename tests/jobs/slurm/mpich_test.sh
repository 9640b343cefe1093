#!/usr/bin/env bash
# A build with MPICH on Slurm: by srun, which has to speak its PMI, and by its own launcher in a job.
#
#     BIN=build/release/bin MPICH=build/mpich/bin SOURCE=. tests/jobs/slurm/mpich_test.sh
set -euo pipefail

mpich=$(cd "${MPICH:?the folder of the programs built with MPICH}" && pwd)
# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
start_cluster --nodes 2 --pinning

small=(-n 1000 --repeats 2 --no-limits --variants mpi)
run on_login srun --nodes=2 --ntasks=4 --mpi=pmi2 "$mpich/reduce" "${small[@]}" --no-dump
expect 0 "srun by PMI-2"
says out "4 ranks (MPI processes) on 2 hosts" "srun by PMI-2"
run on_login srun --nodes=1 --ntasks=2 --mpi=pmix "$mpich/reduce" "${small[@]}" --no-dump
expect 2 "srun by PMIx"
once "MPI does not connect them" "srun by PMIx"
says err "PACER_LAUNCHER_OPTIONS=--mpi=pmi2" "srun by PMIx"

export PACER_BIN=$mpich PACER_LAUNCHER=mpiexec.mpich
job=$(submit --nodes=2 --ntasks-per-node=2 jobs/reduce.slurm "${small[@]}")
ended "$job" COMPLETED 0 "MPICH's launcher on two nodes"
prints "4 ranks (MPI processes) on 2 hosts"
launches_in "jobs/runs/reduce-$job.h5" 1
PACER_LAUNCHER=srun PACER_LAUNCHER_OPTIONS=--mpi=pmi2
export PACER_LAUNCHER_OPTIONS
job=$(submit --nodes=2 --ntasks-per-node=1 jobs/reduce.slurm "${small[@]}")
ended "$job" COMPLETED 0 "srun on two nodes"
prints "2 ranks (MPI processes) on 2 hosts"

if taskset --cpu-list 0,1 true 2>/dev/null && (($(lscpu --parse=CORE,SOCKET | sed '/^#/d' | sort -u | wc -l) > 1)); then
    PACER_LAUNCHER=mpiexec.mpich PACER_LAUNCHER_OPTIONS="" PACER_PINNING=cores
    job=$(submit --nodes=1 --ntasks-per-node=2 --cpus-per-task=1 jobs/reduce.slurm "${small[@]}")
    ended "$job" COMPLETED 0 "pinned by MPICH's launcher"
    cpus=$("$timings" export "jobs/runs/reduce-$job.h5" --format json | python3 -c '
import json, sys
print(*sorted(rank["cpus_allowed"] for launch in json.load(sys.stdin)["launches"] for rank in launch["placement"]))')
    [[ $(wc -w <<<"$cpus") -eq 2 && ${cpus% *} != "${cpus#* }" ]] || fail "$what: the ranks have the CPUs $cpus"
else
    without "this machine has no two cores, with CPUs 0 and 1, to pin ranks to"
fi

finish
