# shellcheck shell=bash
# What the jobs/*.slurm scripts share. Sourced after env.sh, never run. Whatever is wrong with the site's settings ends
# the job here, with one sentence.

[[ -n ${SLURM_JOB_ID-} ]] || { echo "${0##*/} is a job script: sbatch jobs/${0##*/}" >&2 && exit 2; }
root=${PACER_HOME:?}
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"
say() { printf '%s: %s\n' "${SLURM_JOB_NAME:?}" "$*" >&2; }

# Slurm's commands must not take from the script's environment what was meant for the script itself.
export SLURM_EXPORT_ENV=ALL # after sbatch --export=NONE, too, the ranks get the settings made here
unset SLURM_MEM_PER_{CPU,GPU,NODE} SLURM_GPUS # of the interactive job, perhaps, that this one was submitted in
unset SLURM_TRES_PER_TASK   # since 23.11 a second opinion on --cpus-per-task, which may differ from step to step
: "${SLURM_NTASKS:=$((SLURM_JOB_NUM_NODES * ${SLURM_NTASKS_PER_NODE:-1}))}" # 23.02.0 to 23.02.4 do not set it

# The environment of a batch shell may lack the command "module" that a login shell has.
load_modules() {
    local module file
    for file in /etc/profile.d/{lmod,modules,z00_lmod}.sh; do
        [[ $(type -t module) != function && -r $file ]] || continue
        # shellcheck source=/dev/null
        . "$file"
    done
    [[ $(type -t module) == function ]] ||
        refuse "there is no command 'module' to load $PACER_MODULES: PACER_MODULES in jobs/env.sh does not suit this cluster"
    for module in $PACER_MODULES; do
        module load "$module" || refuse "there is no module $module: fix PACER_MODULES in jobs/env.sh"
    done
}
if [[ -n $PACER_MODULES ]]; then
    set +eu # modules are not written for them
    load_modules
    set -eu
fi

[[ $PACER_LAUNCHER == srun || $PACER_LAUNCHER == mpirun* || $PACER_LAUNCHER == mpiexec* ]] ||
    refuse "PACER_LAUNCHER in jobs/env.sh is srun or mpirun, not '$PACER_LAUNCHER'"
command -v "$PACER_LAUNCHER" >/dev/null ||
    refuse "there is no $PACER_LAUNCHER on $(hostname): fix PACER_LAUNCHER or PACER_MODULES in jobs/env.sh"
if ! mkdir -p "$PACER_SCRATCH" 2>/dev/null || [[ ! -w $PACER_SCRATCH ]]; then
    refuse "cannot write to $PACER_SCRATCH: set PACER_SCRATCH in jobs/env.sh to a folder that all nodes share"
fi

# Unless told, the tasks share all cores that the job has of a node. With --hint=nomultithread Slurm's CPUs are cores.
if [[ -z ${SLURM_CPUS_PER_TASK-} ]]; then
    tasks=$(((SLURM_NTASKS + SLURM_JOB_NUM_NODES - 1) / SLURM_JOB_NUM_NODES))
    fewest=$(tr ',' '\n' <<<"${SLURM_JOB_CPUS_PER_NODE:-1}" | sed 's/(.*//' | sort -n | head -n 1)
    SLURM_CPUS_PER_TASK=$((fewest > tasks ? fewest / tasks : 1))
fi

# Where Slurm cannot pin, srun says so at every launch that asks for it, by options or by variables.
if [[ $PACER_LAUNCHER == srun ]] &&
    grep -qE '^TaskPlugin *=( *| *task/none| *\(null\))$' <<<"$(scontrol show config 2>/dev/null)"; then
    [[ $PACER_PINNING != cores ]] ||
        say "srun cannot pin ranks on this cluster (TaskPlugin=task/none in slurm.conf), so they are not bound"
    export PACER_SRUN_PINS=no
    unset SLURM_HINT SLURM_THREADS_PER_CORE
fi

# path_of PROGRAM: of Pacer's by their names; another project's app is named by its path.
path_of() { if [[ $1 == */* ]]; then echo "$1"; else echo "$PACER_BIN/$1"; fi; }

# need PROGRAM...: ends the job unless they are there.
need() {
    local program
    for program; do
        [[ -x $(path_of "$program") ]] ||
            refuse "there is no program $program in $PACER_BIN: build it (jobs/README.md), or fix PACER_BIN in jobs/env.sh"
    done
}
timings=$PACER_BIN/timings

# What this job makes: $made.h5, ...; a job that Slurm puts back makes it anew.
made=$PACER_SCRATCH/$SLURM_JOB_NAME-$SLURM_JOB_ID

# hold_session_folder: for several mpiruns at a time. Open MPI's all use one folder on this node, and race to make it when
# they start and to remove it when they end; with a folder in it it stays, which goes at the end.
hold_session_folder() {
    local folder
    folder=${OMPI_MCA_orte_tmpdir_base:-${TMPDIR:-/tmp}}/ompi.$(hostname -s).$(id -u)
    held=$folder/pacer-$SLURM_JOB_ID
    mkdir -p "$held"
}

# Dumps of the single launches, until they are merged. A job that is cut or fails says where they are, and one that is
# put back leaves them there.
fresh_parts() {
    parts=$made.parts${SLURM_RESTART_COUNT:+-$SLURM_RESTART_COUNT}
    [[ ! -e $parts ]] || refuse "$parts is there already, of another job with this number: move it away"
    mkdir "$parts"
    trap leave EXIT
}
leave() {
    [[ -z ${held-} ]] || rmdir "$held" 2>/dev/null || true
    [[ ! -d $parts ]] || rmdir "$parts" 2>/dev/null ||
        say "not merged; to see the launches so far: ${timings@Q} merge ${made@Q}.h5 ${parts@Q}/*.h5"
}

# launch PART COMMAND [ARGUMENT]...: one launch by $launcher, with its dump among the parts. What it prints is shown if
# it fails, and its status is returned: 0 if all that is wrong is that there was no time for some variant (status 3).
launch() {
    local part=$parts/$1.h5 status=0
    shift
    wait_for_slurm
    quietly "${launcher[@]}" "$(path_of "$1")" "${@:2}" --dump "$part" </dev/null || status=$?
    ((status == 0)) || say "'$*' ended with status $status (${launcher[*]})"
    ((status != 3)) || [[ ! -e $part ]] || status=0
    return "$status"
}

# merge_parts: all of them into $made.h5.
merge_parts() {
    local dumps=("$parts"/*.h5)
    [[ -e ${dumps[0]} ]] || { say "no launch left a dump" && return 1; }
    "$timings" merge --force "$made.h5" "${dumps[@]}" >&2 && rm -rf "$parts"
}
