#!/usr/bin/env bash
# fileio.slurm when its time is up, when a node is switched off and when somebody cancels it: nothing finished is lost,
# and the results are those of an uninterrupted run, byte for byte.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/faults_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
# shellcheck disable=SC2119
start_cluster --nodes 6

# 1000 records that take 0.1 s, asleep: 50 s for two workers. One of them is bad.
"$PACER_BIN/fileio" --make-input rows.txt -n 1000
sed -i '500s/.*/no number/' rows.txt
work=(--calculation wait:100ms --on-error skip rows.txt)
OMP_NUM_THREADS=50 "$PACER_BIN/fileio" "${work[@]}" --out expected.h5 >/dev/null || fail "the uninterrupted run"

# begun ID [NAME]: some of its results are in the journal.
begun() { [[ $(stat --format=%s "jobs/runs/${2-fileio}-$1.h5.journal" 2>/dev/null || echo 0) -gt 4000 ]]; }
# equals_uninterrupted ID: after ended.
equals_uninterrupted() {
    cmp expected.h5 "jobs/runs/fileio-$1.h5" || fail "$what: other results than an uninterrupted run's"
    cmp expected.h5.rejected "jobs/runs/fileio-$1.h5.rejected" || fail "$what: rejects other records"
    [[ ! -e jobs/runs/fileio-$1.h5.journal ]] || fail "$what: leaves its journal"
    prints "records in 1000 = done 999 + rejected 1 + skipped 0"
}
went_on() { grep -qE '^[1-9][0-9]* records were already done$' <<<"$log" || fail "$what: began anew: $log"; }

# A minute's limit, with a warning in time: Slurm looks every 30 s, so it comes 10 to 40 s after the start.
declare -A timed
for launcher in srun mpirun; do
    timed[$launcher]=$(PACER_LAUNCHER=$launcher submit --time=1 --signal=B:USR1@20 --nodes=1 --ntasks-per-node=3 \
        jobs/fileio.slurm "${work[@]}")
done
# Two jobs whose nodes will fail: the first loses the node its script runs on, the second another one.
first=$(submit --nodes=1 --ntasks-per-node=4 jobs/fileio.slurm "${work[@]}")
second=$(submit --nodes=2 --ntasks-per-node=3 --exclusive jobs/fileio.slurm "${work[@]}")
for job in "$first" "$second"; do
    until_true 60 begun "$job" || fail "job $job does not begin: $(log_of "$job")"
done
if [[ -e $cluster/ports ]]; then
    without "no node is switched off, for without namespaces they have no plug"
else
    lost=$(about "$first" BatchHost)
    others=$(on_login scontrol show hostnames "$(about "$second" NodeList)")
    also_lost=$(grep -vxF "$(about "$second" BatchHost)" <<<"$others")
    for node in "$lost" "$also_lost"; do "$cluster_sh" off "$cluster" "$node"; done
fi

# Cancelled, a job stays so; submitted again with its results' name, it goes on.
cancelled=$(submit --nodes=1 jobs/fileio.slurm "${work[@]}")
until_true 60 begun "$cancelled" || fail "job $cancelled does not begin"
on_login scancel "$cancelled"
until_true 60 has_ended "$cancelled"
is "$cancelled" CANCELLED || fail "a cancelled job is $(about "$cancelled" JobState)"
[[ $(about "$cancelled" Restarts) == 0 ]] || fail "a cancelled job came back"
begun "$cancelled" || fail "cancelled: its journal is gone"
ln "jobs/runs/fileio-$cancelled.h5.journal" "$scratch/kept"
again=$(OUT=jobs/runs/fileio-$cancelled.h5 submit --nodes=1 --job-name=again jobs/fileio.slurm "${work[@]}")

# Told to end when it may not come back.
enough=$(MOST_REQUEUES=0 submit --nodes=1 --ntasks-per-node=3 --job-name=enough --time=5 jobs/fileio.slurm "${work[@]}")
until_true 60 begun "$enough" enough || fail "job $enough does not begin"
on_login scancel --batch --signal=USR1 "$enough"
ended "$enough" FAILED 75 "the last requeue"
prints "not done after 0 requeues; submit it again with OUT="
unwelcome=$(submit --nodes=1 --ntasks-per-node=1 --no-requeue --job-name=unwelcome jobs/fileio.slurm "${work[@]}")
# shellcheck disable=SC2317 # the job's script calls it
module() { sleep 4; } # as a site's shell exports it
export -f module
early=$(PACER_MODULES=slow MOST_REQUEUES=0 submit --nodes=1 --ntasks-per-node=1 --job-name=early jobs/fileio.slurm "${work[@]}")
unset -f module
until_true 60 is "$early" RUNNING || fail "job $early does not begin"
sleep 1.5
on_login scancel --batch --signal=USR1 "$early"
until_true 60 begun "$unwelcome" unwelcome || fail "job $unwelcome does not begin"
on_login scancel --batch --signal=USR1 "$unwelcome"
ended "$early" FAILED 75 "a warning before anything was launched"
prints "not done after 0 requeues"
ended "$unwelcome" FAILED 75 "a job that may not be put back"
prints "Slurm does not put the job back; submit it again with OUT="
told=$(submit --nodes=1 --ntasks-per-node=3 --job-name=told jobs/fileio.slurm "${work[@]}")
until_true 60 begun "$told" told || fail "job $told does not begin"
on_login scancel --signal=TERM "$told"
ended "$told" FAILED 75 "told to end, not warned"
[[ $(about "$told" Restarts) == 0 ]] || fail "$what: it came back"
stopped=$(submit --nodes=1 --ntasks-per-node=2 --job-name=stopped jobs/fileio.slurm --calculation wait:1ms rows.txt)
ended "$stopped" FAILED 2 "a bad record"
prints "rows.txt:500:"
[[ $(about "$stopped" Restarts) == 0 ]] || fail "$what: it came back"

ended "$again" COMPLETED 0 "cancelled and submitted again"
went_on
equals_uninterrupted "$cancelled"
# As if its node had failed at the very end: between the last two steps, then after them.
ln "$scratch/kept" "jobs/runs/fileio-$cancelled.h5.journal"
on_login scontrol requeue "$again"
ended "$again" COMPLETED 0 "put back before its journal was gone"
equals_uninterrupted "$cancelled"
on_login scontrol requeue "$again"
ended "$again" COMPLETED 0 "put back when all was done"
prints "the results were complete before the job was put back: jobs/runs/fileio-$cancelled.h5"
equals_uninterrupted "$cancelled"
for job in "$first" "$second"; do
    ended "$job" COMPLETED 0 "a node is switched off"
    if [[ ! -e $cluster/ports ]]; then
        [[ $(about "$job" Restarts) -ge 1 ]] || fail "$what: not requeued"
        [[ " $(on_login scontrol show hostnames "$(about "$job" NodeList)" | tr '\n' ' ')" != *" $lost "* ]] ||
            fail "$what: ran on the node that is off"
        went_on
    fi
    equals_uninterrupted "$job"
done
for launcher in srun mpirun; do
    job=${timed[$launcher]}
    ended "$job" COMPLETED 0 "out of time under $launcher"
    [[ $(about "$job" Restarts) -ge 1 ]] || fail "$what: was not cut"
    prints "the time is up: back into the queue"
    went_on
    equals_uninterrupted "$job"
done

finish
