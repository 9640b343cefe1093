#!/usr/bin/env bash
# How launches begin: alike on every rank, by the right launcher, on clocks, networks and streams of every kind.
# Usage: launch_test.sh FAULTS_LIBRARY MACHINE
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

cp "$1" "$scratch/faults.so" # LD_PRELOAD takes no path with a blank
faults=$scratch/faults.so
machine=$2
cd "$scratch"
unset PACER_ALONE
short=(--no-dump --no-limits --repeats 6)
small=(reduce -n 1e5 "${short[@]}" --variants mpi)
program() { printf '%s\n' "$BIN/$1"; }
mpirun() { command timeout 100 mpirun "$@"; }
export -f mpirun

# Ranks that differ end at once, and are named: on one side ONE, on the others OTHER, each words for a program.
differ() { # differ RANKS SENTENCE ONE... : OTHER...
    local ranks=$1 sentence=$2 one=() other=()
    shift 2
    while [[ $1 != : ]]; do one+=("$1") && shift; done
    shift
    other=("$@")
    run mpirun -np 1 "$BIN/${one[0]}" "${one[@]:1}" : -np "$((ranks - 1))" "$BIN/${other[0]}" "${other[@]:1}"
    expect 2 "${other[*]} beside ${one[*]}"
    once "$sentence" "${other[*]} beside ${one[*]}"
    [[ $err != *stopping* ]] || fail "${other[*]} beside ${one[*]}: a refusal is taken for a signal: $err"
}
differ 2 'different options: --seed is 1 on rank 0, 2 on rank 1' "${small[@]}" --seed 1 : "${small[@]}" --seed 2
differ 3 'different options: --profile is not given on rank 0, given on ranks 1-2' "${small[@]}" : "${small[@]}" --profile
differ 4 'unknown option '\''--bogus'\'' (see reduce --help) on ranks 1-3' "${small[@]}" : "${small[@]}" --bogus
differ 2 '--help is given on rank 0, not given on rank 1' reduce --help : "${small[@]}"
differ 2 '--list is given on rank 0, not given on rank 1' queues --list : queues
differ 2 '--variants is mpi on rank 0, mpi,shared on rank 1' reduce --variants mpi : reduce --variants mpi,shared
differ 3 'different programs: reduce' "${small[@]}" : race
differ 2 '--workers is 2 on rank 0, 3 on rank 1' overhead --workers 2 : overhead --workers 3
printf '1 2 3\n' >input
differ 2 '--on-error is stop on rank 0, skip on rank 1' fileio --on-error stop input : fileio --on-error skip input
differ 2 'inputs is input on rank 0, ./input on rank 1' fileio --out a.csv input : fileio --out a.csv ./input
differ 2 '--experiments is read on rank 0, write on rank 1' memory --experiments read : memory --experiments write
differ 2 '--idioms is fill on rank 0, sum on rank 1' syntax --idioms fill : syntax --idioms sum
for ranks in 1 2 3; do
    run mpirun -np "$ranks" "$BIN/reduce" --bogus
    expect 2 "the same fault on $ranks ranks"
    once "reduce: unknown option '--bogus'" "the same fault on $ranks ranks"
done

# Processes that MPI does not connect are none of a launch: one says so. This MPI's own launcher is believed before others.
alone() { # alone STATUS WORDS VARIABLE=VALUE...: started so, without mpirun
    local status_wanted=$1 words=$2
    shift 2
    run env "$@" timeout 60 "$BIN/reduce" "${small[@]:1}"
    expect "$status_wanted" "$*"
    if [[ -n $words ]]; then once "$words" "$*"; else [[ -z $err ]] || fail "$*: $err"; fi
}
alone 2 'PMI_SIZE says that there are 2 processes' PMI_SIZE=2 PMI_RANK=0
alone 2 '' PMI_SIZE=2 PMI_RANK=1 # the first one has said it
alone 2 'set PACER_ALONE=1 if each is to run alone' MPI_LOCALNRANKS=4
alone 2 'FLUX_JOB_SIZE says that there are 8 processes' FLUX_JOB_SIZE=8
alone 2 'PALS_LOCAL_SIZE says' PALS_LOCAL_SIZE=2
alone 2 'PMIX_RANK says' PMIX_RANK=1 # no size is known, and the first one takes itself for the only one
alone 2 '' PMIX_RANK=2
alone 2 'srun started 3 tasks' SLURM_STEP_NUM_TASKS=3 SLURM_PROCID=0
alone 0 '' PMI_SIZE=2 PMI_RANK=0 PACER_ALONE=1
alone 0 '' SLURM_STEP_NUM_TASKS=3 PACER_ALONE=1
alone 0 '' PMI_SIZE=1 SLURM_STEP_NUM_TASKS=1
run env SLURM_STEP_NUM_TASKS=4 PMI_SIZE=4 timeout 60 mpirun -np 1 "$BIN/reduce" "${small[@]:1}"
expect 0 "mpirun of one rank within a job step"

# A clock that goes by steps of 4 ms: waited for, batched, and never a time of 0.
with() { # with FAULT COMMAND...: the command meets it
    local fault=$1
    shift
    run timeout 100 env LD_PRELOAD="$faults" FAULT="$fault" "$@"
}
with 'coarse clock' "$BIN/reduce" -n 1e6 --max-seconds 10 --variants simd --dump coarse.h5
expect 0 'reduce on a coarse clock'
run "$BIN/timings" validate coarse.h5
expect 0 'the dump of a coarse clock'
# An MPI that does not end.
with finalize "$BIN/reduce" "${small[@]:1}"
expect 0 'MPI_Finalize hangs'
once 'ends without MPI_Finalize, which hangs' 'MPI_Finalize hangs'

with 'coarse clock' "$BIN/overhead" --max-seconds 0.2 --no-dump --no-limits -n 0 --workers 1 --variants call,barrier
expect 1 'all too short for the clock'
says out 'too short for this clock' 'all too short for the clock'
# Without a time budget too, and a signal is heeded.
with 'coarse clock' "$BIN/reduce" -n 1e5 --no-limits --repeats 6 --no-dump --variants serial
expect 0 'repeats on a coarse clock'
run env PACER_TOPOLOGY=bogus timeout 60 mpirun -np 3 "$BIN/reduce" "${small[@]:1}"
expect 2 'a topology that describes none'
once 'PACER_TOPOLOGY=bogus: neither' 'a topology that describes none'
run timeout 60 mpirun -np 1 env PACER_TOPOLOGY=bogus "$BIN/reduce" "${small[@]:1}" : -np 1 "$BIN/reduce" "${small[@]:1}"
expect 2 'one rank whose topology describes none'
once 'PACER_TOPOLOGY=bogus: neither' 'one rank whose topology describes none'
for odd in --dump= --max-seconds= '[1]'; do
    run timeout 60 "$BIN/reduce" "$odd" --quiet "${small[@]:1}"
    expect 2 "$odd"
    once 'see reduce --help' "$odd"
    [[ ! -e ./--quiet ]] || fail "$odd writes a file --quiet"
done
if unshare -T --monotonic 100000 true 2>/dev/null; then
    run mpirun -np 1 "$BIN/reduce" "${small[@]:1}" : -np 1 unshare -T --monotonic 100000 "$BIN/reduce" "${small[@]:1}"
    expect 2 'a rank with a clock of its own'
    once 'rank 1 does not share a clock with the first rank' 'a rank with a clock of its own'
    # A second off, on a launch that is older: no sample is longer than it.
    run mpirun -np 1 "$BIN/reduce" "${small[@]:1}" : -np 1 bash -c 'sleep 2; exec unshare -T --monotonic -1 "$@"' - \
        "$BIN/reduce" "${small[@]:1}"
    expect 2 'a clock that is a second late'
    once 'does not share a clock' 'a clock that is a second late'
else
    without 'no process here may have a clock of its own'
fi

# The time budget is that of the repeats: what got none is told, and few of them are doubted.
run timeout 60 "$BIN/reduce" -n 1e6 --no-limits --variants serial,simd --max-seconds 1e-9 --dump few.h5
expect 3 'a variant without a repeat'
once 'simd got no repeat' 'a variant without a repeat'
run "$BIN/timings" show --doubts few.h5 # below the table may stand graver ones
says out 'fewer than 6 repeats for lack of time' 'a variant with one repeat'
run timeout 60 "$BIN/overhead" --no-dump --variants call,pingpong --repeats 6 --no-limits
expect 0 'a variant that cannot be run here'

# What is said on stderr may be lost, results may not.
if [[ -c /dev/full ]]; then
    OMP_NUM_THREADS=3 run bash -c '"$@" 2>/dev/full' - "$BIN/reduce" -n 1e6 --variants openmp --repeats 6 --dump full.h5
    expect 0 'stderr on a full disk'
    [[ -s full.h5 ]] || fail 'stderr on a full disk: no dump'
    run bash -c '"$@" 2>/dev/full' - "$BIN/reduce" --bogus
    expect 2 'a refusal on a full disk'
    run bash -c '"$@" >/dev/full' - "$BIN/reduce" --help
    expect 2 '--help on a full disk'
    once 'could not be written to standard output' '--help on a full disk'
fi
OMP_NUM_THREADS=3 run bash -c '{ "$@"; echo "$?" >status; } 2>&1 >/dev/null | true' - \
    "$BIN/reduce" -n 1e6 --variants openmp --repeats 6 --dump gone.h5
[[ $(cat status) == 0 && -s gone.h5 ]] || fail "stderr whose reader has gone: status $(cat status)"

# Names of dumps: a link to a file that is not there yet, a loop of links, as many letters as a name may have, none.
dumped=("$BIN/reduce" -n 1e5 --variants simd --repeats 6 --no-limits --quiet --dump)
ln -s folder/new.h5 dangling.h5
run "${dumped[@]}" dangling.h5
expect 2 'a link into a folder that is missing'
once 'folder/new.h5: No such file or directory; create its folder first' 'a link into a folder that is missing'
mkdir folder
run "${dumped[@]}" dangling.h5
expect 0 'a link to a file that is missing'
[[ -s folder/new.h5 && -L dangling.h5 ]] || fail 'a link to a file that is missing: it is not followed'
ln -s loop.h5 loop.h5
run "${dumped[@]}" loop.h5
expect 2 'a link to itself'
long=$(printf 'x%.0s' $(seq 252)).h5
run "${dumped[@]}" "$long"
expect 0 'a name of 255 letters'
[[ -s $long ]] || fail 'a name of 255 letters: no dump'
run "${dumped[@]}" ''
expect 2 'an empty name'
once '--dump needs a file name' 'an empty name'

# What the environment takes from a launch is said.
run bash -c 'ulimit -v 4000000; "$@"' - timeout 60 "$BIN/reduce" --source memory -n 1G "${short[@]}" --variants simd
expect 2 'ulimit -v'
once '1000000000 elements in memory need 7.5 GiB' 'ulimit -v'
run env OMP_MAX_ACTIVE_LEVELS=0 "$BIN/reduce" -n 1e5 "${short[@]}" --variants openmp
expect 2 'no level of parallel regions'
once 'OMP_MAX_ACTIVE_LEVELS=0 keeps OpenMP from starting threads' 'no level of parallel regions'
if [[ $(nproc) -gt 1 ]]; then
    for setting in OMP_THREAD_LIMIT=1 "OMP_PLACES={$(taskset -cp $$ | grep -oE '[0-9]+' | sed -n 2p)}"; do
        run env "$setting" "$BIN/reduce" -n 1e5 "${short[@]}" --variants openmp
        expect 0 "$setting"
        says out "warning: ${setting%%=*}" "$setting"
    done
fi
run "$BIN/reduce" --max-seconds 0,5
expect 2 'a comma in a number'
once "not '0,5'" 'a comma in a number'

# An MPI without windows runs what does without.
for ranks in 1 3; do
    run mpirun -np "$ranks" env LD_PRELOAD="$faults" FAULT=windows "$BIN/reduce" -n 1e5 "${short[@]}"
    expect 0 "reduce without windows on $ranks ranks"
    says out 'not run: this MPI has no one-sided communication' "reduce without windows on $ranks ranks"
    says out 'not run: this MPI gives the ranks of a node no memory to share' "reduce without windows on $ranks ranks"
done
run mpirun -np 2 env LD_PRELOAD="$faults" FAULT=windows "$BIN/queues" -n 20 --steps 1e3 "${short[@]}"
expect 0 'queues without windows'
run mpirun -np 2 env LD_PRELOAD="$faults" FAULT=windows "$BIN/race" -n 1e3 --window-increments 10 "${short[@]}"
expect 0 'race without windows'
seq 100 >numbers
run mpirun -np 2 env LD_PRELOAD="$faults" FAULT=windows "$BIN/fileio" numbers --calculation sum --out numbers.csv
expect 0 'fileio without windows'

# A record that takes too long ends the launch without a call of MPI by the thread that watches.
seq 4 >slow
for ranks in 1 2; do
    run mpirun -np "$ranks" env LD_PRELOAD="$faults" FAULT=single "$BIN/fileio" slow --calculation wait:60s \
        --record-timeout 0.3 --out "slow$ranks.csv"
    [[ $status -ne 0 && $status -lt 99 ]] || fail "a slow record on $ranks ranks: status $status: $err"
    once 'takes longer than the 0.3 s of --record-timeout' "a slow record on $ranks ranks"
    once 'fileio: this MPI library does not support threads (MPI_THREAD_SINGLE)' "a slow record on $ranks ranks"
done

# No process of MPI forks, nor are types used that some MPIs do not have, nor are masks of 1024 CPUs.
run mpirun -np 2 env LD_PRELOAD="$faults" FAULT=fork "$BIN/overhead" -n 8 --workers 2 "${short[@]}" \
    --variants call,fork,spawn,barrier,allreduce
expect 0 'processes started beside MPI'
if [[ $out == *'MPI_Comm_spawn hung 3 times in a row'* ]]; then
    without 'spawned processes: MPI_Comm_spawn hung three times, as it may on a busy machine'
elif ! is_mpich; then # it cannot spawn at all
    says out 'spawn: hangs' 'processes started beside MPI'
fi
run mpirun -np 2 env LD_PRELOAD="$faults" FAULT='many cpus' "$BIN/overhead" -n 0 "${short[@]}" --variants barrier
expect 0 'a kernel for many CPUs'
crowded=$(grep -c '^barrier .*\*$' <<<"$out" || true)
[[ $("$machine") -lt 2 || $crowded -eq 0 ]] || fail "a kernel for many CPUs: two ranks are said to share a core: $out"

finish
