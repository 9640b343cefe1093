# shellcheck shell=bash
# The settings of a site: whatever differs between clusters is here, and every jobs/*.slurm reads it. As shipped it
# suits a cluster whose srun starts MPI programs. Variables set in the environment take precedence:
# PACER_LAUNCHER=mpirun sbatch jobs/reduce.slurm

# sbatch reads these before any script runs: submit by (. jobs/env.sh && sbatch ...), or give them to sbatch. Without the
# parentheses the shell keeps all settings, and later edits have no effect.
#export SBATCH_ACCOUNT=project
#export SBATCH_PARTITION=compute
#export SBATCH_QOS=long
#export SBATCH_CONSTRAINT=genoa
#export SBATCH_RESERVATION=maintenance
#export SBATCH_GRES=gpu:4                                      # GPUs, where a job must ask for them
#export SBATCH_HINT=multithread                                # all hardware threads; as shipped one a core
# What has no variable: options of every sbatch here.
#sbatch() { command sbatch --exclude=node13,node14 --licenses=scratch:1 "$@"; }

export PACER_MODULES=${PACER_MODULES-}                         # modules to load, in this order: "gcc/12 openmpi/4.1 hdf5"
export PACER_LAUNCHER=${PACER_LAUNCHER-srun}                   # srun or mpirun, or mpiexec.mpich
export PACER_LAUNCHER_OPTIONS=${PACER_LAUNCHER_OPTIONS-}       # more options for it: "--mpi=pmix"
export PACER_PINNING=${PACER_PINNING-cores}                    # cores: each rank has its own; none: no binding
#export PACER_FACTS=/usr/local/bin/site-facts                  # its lines name=value go into every dump
export PACER_SCRATCH=${PACER_SCRATCH-${SLURM_SUBMIT_DIR-$PWD}/jobs/runs} # output folder, shared by all nodes
PACER_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)    # Pacer's own folder: this one's parent
export PACER_HOME
export PACER_BIN=${PACER_BIN-$PACER_HOME/build/release/bin}    # where its programs are
