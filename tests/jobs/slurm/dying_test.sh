#!/usr/bin/env bash
# acceptance.slurm and scaling.slurm over several nodes, one of which is switched off meanwhile: it is the finding.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/dying_test.sh
set -euo pipefail

# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
start_cluster --nodes 6
[[ ! -e $cluster/ports ]] || { echo "skipped: nodes without namespaces have no plug" && exit 77; }

two=(--nodes=2 --ntasks-per-node=1 --cpus-per-task=1)
suite=(--quick --apps race)
# last_of ID: its last node, which is not the one that its script runs on.
last_of() { on_login scontrol show hostnames "$(about "$1" NodeList)" | tail -n 1; }
first_line() { [[ $(head -n 1 <<<"$log") == "$1"* ]] || fail "$what: does not begin with '$1': $log"; }

# Like reduce; but while there is the file $HELD, it waits.
# shellcheck disable=SC2016 # it is for the script made here
printf '#!/usr/bin/env bash\nwhile [[ -e $HELD ]]; do sleep 0.1; done\nexec "%s" "$@"\n' "$PACER_BIN/reduce" >"$scratch/reduce"
chmod +x "$scratch/reduce"
none=$(LAUNCHES=4 submit "${two[@]}" --nodelist=node1,node2 jobs/acceptance.slurm none "${suite[@]}")
declare -A scaling lost
for launcher in srun mpirun; do
    scaling[$launcher]=$(PACER_LAUNCHER=$launcher STRONG=1e5 WEAK="" LAUNCHES=40 SHAPES="2x1x4 1x1x4" HELD=$scratch/$launcher \
        submit "${two[@]}" --cpus-per-task=4 jobs/scaling.slurm "$scratch/reduce" --repeats 3 --no-limits --variants serial,mpi)
done
what="job $none, a baseline"
until_true 480 has_ended "$none" || fail "$what: does not end"
baseline=jobs/runs/acceptance-$none.h5
[[ -e $baseline ]] || { fail "$what: leaves none: $(log_of "$none")" && finish; }

again=$(LAUNCHES=500 submit "${two[@]}" --nodelist=node1,node2 jobs/acceptance.slurm "$baseline" "${suite[@]}")
begun() { [[ -e jobs/runs/$1.parts/$2.h5 ]]; }
until_true 120 begun "acceptance-$again" 1 || fail "job $again does not begin: $(log_of "$again")"
"$cluster_sh" off "$cluster" "$(last_of "$again")"
for launcher in "${!scaling[@]}"; do
    job=${scaling[$launcher]}
    until_true 120 begun "scaling-$job" strong-2x1x4-1 || fail "job $job does not begin: $(log_of "$job")"
    lost[$launcher]=$(last_of "$job")
    switch_off "${lost[$launcher]}" "$scratch/$launcher"
done

ended "$again" FAILED 1 "acceptance, of which a node dies"
first_line "FAILED: node2 died: Slurm says it is down"
prints "next: keep it from users"
prints "not merged; to see the launches so far"

# The shape that does without it goes on to its end, though alone it says nothing of scaling. It needs all cores of its node,
# on which something ran when the other died.
for launcher in "${!scaling[@]}"; do
    job=${scaling[$launcher]}
    ended "$job" FAILED 1 "scaling by $launcher, of which a node dies" 480
    prints "2x1x4 is left out of strong scaling"
    prints "${lost[$launcher]} died: Slurm says it is down"
    prints "left out, as launches failed: strong-2x1x4"
    launches_in "jobs/runs/scaling-$job.h5" 40
done

ends=$(STRONG=1e5 WEAK="" LAUNCHES=2 SHAPES="1x1x1 1x2x1" submit --nodes=1 --ntasks-per-node=2 jobs/scaling.slurm reduce --repeats 3 \
    --no-limits --variants serial,mpi)
ended "$ends" COMPLETED 0 "scaling on the nodes that are left"
[[ $log != *died* ]] || fail "$what: names a node: $log"

finish
