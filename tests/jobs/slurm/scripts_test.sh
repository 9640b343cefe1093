#!/usr/bin/env bash
# Every job script submitted for real, with small sizes: what it leaves and what it says.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/slurm/scripts_test.sh srun|mpirun build/release/tests/make_launches
set -euo pipefail

launcher=${1:?srun or mpirun} make_launches=$(realpath "${2:?the program make_launches}")
# shellcheck source=tests/jobs/slurm/lib.sh
. "${SOURCE:?the checkout}/tests/jobs/slurm/lib.sh"
# shellcheck disable=SC2119 # what is given to this script is not for it
start_cluster
export PACER_LAUNCHER=$launcher
quick=(--repeats 3 --no-limits)
two_nodes=(--nodes=2 --ntasks-per-node=2 --cpus-per-task=1)

# Without namespaces all nodes have the name of this machine, and are one to MPI and to timings.
apart=true
if [[ -e $cluster/ports ]]; then
    apart=false
    without "the nodes have no names of their own here, so nodes.slurm is not tested, nor what ran where"
fi
# ran_on DUMP PATTERN
ran_on() { ! $apart || [[ $(facts "$1" hosts) =~ ^$2$ ]] || fail "$what: ran on $(facts "$1" hosts)"; }

# Programs whose times are made up, so that what a comparison has to find is known: $SLOW is the factor, on the nodes
# that $SLOW_NODE matches. On nodes that $BROKEN_NODE matches they fail as if they were not there, on $HUNG_NODE they hang,
# on $KILLED_NODE somebody kills them, on $WRONG_NODE answers are wrong, and on $POOR_NODE there is no time for one of two
# variants; if there is the file $FAILS, it goes and the program fails; while there is the file $HELD, they wait. Fragile is
# the real program, but fails if the name of its dump ends with $FAILS.
mkdir "$scratch/made" "$scratch/fragile"
ln -s "$PACER_BIN/timings" "$scratch/made"
ln -s "$PACER_BIN/timings" "$scratch/fragile"
# shellcheck disable=SC2016 # it is for the script made here
printf '#!/usr/bin/env bash\n[[ $* != *"$FAILS" ]] || exit 1\nexec "%s" "$@"\n' "$PACER_BIN/reduce" \
    >"$scratch/fragile/reduce"
chmod +x "$scratch/fragile/reduce"
for app in reduce memory; do
    cat >"$scratch/made/$app" <<SH
#!/usr/bin/env bash
[[ \$(hostname) != \$BROKEN_NODE ]] || { echo "the file system is missing" >&2; exit 2; }
[[ \$(hostname) != "\$HUNG_NODE" ]] || exec sleep 1000
[[ \$(hostname) != "\$KILLED_NODE" ]] || kill -KILL \$\$
[[ ! -e \$FAILS ]] || { rm "\$FAILS" && exit 1; }
while [[ -e \$HELD ]]; do sleep 0.1; done
[[ "\$*" == *"--source memory"* ]] && size=2 || size=1
[[ \$(hostname) == \$SLOW_NODE ]] || SLOW=1
cases=2 wrong=none status=0
[[ \$(hostname) != "\$WRONG_NODE" ]] || wrong=serial status=1
[[ \$(hostname) != "\$POOR_NODE" ]] || cases=1 status=3
"$make_launches" "\${!#}" --app $app --host "\$(hostname)" --launches 1 --elements \$size --cases \$cases --wrong \$wrong \
    --cpu-model "\$CPU" --seed "\$(cksum <<<"\${!###*/runs/}" | cut -d' ' -f1)" --slower "\$SLOW"
exit \$status
SH
    chmod +x "$scratch/made/$app"
done
export BROKEN_NODE=none HUNG_NODE="" KILLED_NODE="" WRONG_NODE="" POOR_NODE="" FAILS="" HELD="" CPU="AMD EPYC"
made() { PACER_BIN=$scratch/made SLOW=$1 SLOW_NODE=$2 submit --ntasks-per-node=1 "${@:3}"; }

# Short ones first: they share the nodes, and Slurm lets them in one after the other.
export VALUES="1000 2000 3000"
reduce=$(submit "${two_nodes[@]}" jobs/reduce.slurm -n 1e5 "${quick[@]}")
wide=$(submit --nodes=3 --ntasks-per-node=1 --job-name=wide jobs/reduce.slurm -n 1e5 "${quick[@]}" --variants mpi)
array=$(submit --array=0-2 --ntasks-per-node=2 jobs/array.slurm reduce -n {} "${quick[@]}" --variants serial,mpi)
merge=$(submit --dependency=afterok:"$array" --kill-on-invalid-dep=yes jobs/merge.slurm "$array")
wrong=$(VALUES="1000 many" submit --array=0-1 --ntasks-per-node=1 jobs/array.slurm reduce -n {} "${quick[@]}")
never=$(submit --dependency=afterok:"$wrong" --kill-on-invalid-dep=yes jobs/merge.slurm "$wrong")
hasty=$(VALUES=1000 submit --array=0 --ntasks-per-node=1 jobs/array.slurm reduce -n {} --no-limits --max-seconds 1e-9)
hastily=$(submit --dependency=afterok:"$hasty" --kill-on-invalid-dep=yes jobs/merge.slurm "$hasty")
status=$(submit --nodes=1 jobs/reduce.slurm --no-such-option)
"$PACER_BIN/fileio" --make-input rows.txt -n 500
"$PACER_BIN/fileio" --calculation lorenz:10 --out expected.h5 rows.txt >/dev/null
fileio=$(submit "${two_nodes[@]}" jobs/fileio.slurm --calculation lorenz:10 rows.txt)
scaling=$(STRONG=1e5 WEAK="" LAUNCHES=2 submit --nodes=2 --ntasks-per-node=1 --cpus-per-task=2 jobs/scaling.slurm reduce "${quick[@]}" \
    --variants serial,mpi,hybrid)
weak=$(STRONG="" WEAK=10Ki LAUNCHES=1 SHAPES="1x1x1 2x1x1" submit "${two_nodes[@]}" jobs/scaling.slurm reduce \
    "${quick[@]}" --variants serial,mpi)
! $apart || nodes=$(LAUNCHES=1 submit --nodes=3 jobs/nodes.slurm -n 1e4 "${quick[@]}")
acceptance=$(LAUNCHES=4 submit --nodes=1 --ntasks-per-node=2 jobs/acceptance.slurm none --quick --apps "reduce,fileio")

ended "$reduce" COMPLETED 0 reduce
! $apart || prints "4 ranks (MPI processes) on 2 hosts"
prints "dump: $PWD/jobs/runs/reduce-$reduce.h5"
launches_in "jobs/runs/reduce-$reduce.h5" 1
[[ $(facts "jobs/runs/reduce-$reduce.h5" job_id) == "$reduce" ]] || fail "$what: the dump does not know the job"
ran_on "jobs/runs/reduce-$reduce.h5" "node.:2,node.:2"
ended "$wide" COMPLETED 0 "options on the command line win"
ran_on "jobs/runs/wide-$wide.h5" "node.:1,node.:1,node.:1"
launches_in "jobs/runs/wide-$wide.h5" 1
ended "$status" FAILED 2 "the program's exit status is the job's"
prints "reduce: "

ended "$merge" COMPLETED 0 "a job that merges an array"
launches_in "jobs/runs/array-$array.h5" 3
for size in $VALUES; do prints "elements $size"; done
ended "$hastily" COMPLETED 0 "merging an array that had no time for some variants"
launches_in "jobs/runs/array-$hasty.h5" 1
ended "$never" CANCELLED 0 "merging an array that has failed"
[[ ! -e jobs/runs/array-$wrong.h5 ]] || fail "$what: merges it"

ended "$fileio" COMPLETED 0 fileio
prints "done 500 + rejected 0 + skipped 0"
cmp expected.h5 "jobs/runs/fileio-$fileio.h5" || fail "$what: other results than the uninterrupted serial run's"

ended "$scaling" COMPLETED 0 "strong scaling"
launches_in "jobs/runs/scaling-$scaling.h5" 10
order=$(grep -oE 'launch . of 2: [0-9x]+' <<<"$log" | tr '\n' ';')
shapes="1x1x1 1x2x1 1x1x2 2x2x1 2x1x2"
for number in 1 2; do for shape in $shapes; do echo -n "launch $number of 2: $shape;"; done; done >"$scratch/order"
[[ $order == "$(<"$scratch/order")" ]] || fail "$what: not in turns: $order"
prints "reduce/mpi  strong scaling"
prints "reduce/hybrid  strong scaling"
# A launch on one node may run on either.
ran=$(facts "jobs/runs/scaling-$scaling.h5" hosts | tr ' ' '\n' | sed 's/node./node/g' | sort -u | tr '\n' ' ')
! $apart || [[ $ran == "node:1 node:1,node:1 node:2 node:2,node:2 " ]] || fail "$what: ran on $ran"
[[ -s jobs/runs/scaling-$scaling.html ]] || fail "$what: no report"
[[ ! -e jobs/runs/scaling-$scaling.parts ]] || fail "$what: leaves the parts"
ended "$weak" COMPLETED 0 "weak scaling"
launches_in "jobs/runs/scaling-$weak.h5" 2
prints "reduce/mpi  weak scaling"
prints "elements 10240 per core"

if $apart; then
    ended "$nodes" FAILED 3 "nodes, once each"
    launches_in "jobs/runs/nodes-$nodes.h5" 9
    ran_on "jobs/runs/nodes-$nodes.h5" "node1:1 node2:1 node3:1"
    prints "3 nodes: none slower or wrong"
    slow=$(LAUNCHES=8 made 1.3 node2 --nodes=3 jobs/nodes.slurm)
    same=$(LAUNCHES=8 made 1 none --nodes=3 --time=5 jobs/nodes.slurm)
    touch "$scratch/fails_once"
    flaky=$(LAUNCHES=1 FAILS=$scratch/fails_once KILLED_NODE=node2 made 1 none --nodes=3 jobs/nodes.slurm)
    judged=$(LAUNCHES=1 WRONG_NODE=node1 POOR_NODE=node3 made 1 none --nodes=3 --job-name=judged jobs/nodes.slurm)
    all=$(LAUNCHES=1 BROKEN_NODE="node*" made 1 none --nodes=3 jobs/nodes.slurm)
    refused=$(LAUNCHES=1 submit --nodes=2 jobs/nodes.slurm --no-such-option)
    broken=$(LAUNCHES=2 PATIENCE=15 BROKEN_NODE=node3 HUNG_NODE=node1 made 1 none --nodes=3 jobs/nodes.slurm)
fi

what="job $acceptance, acceptance, to make a baseline" # of quick suites, whose noise is no matter
until_true 240 has_ended "$acceptance" || fail "$what: does not end: $(log_of "$acceptance")"
[[ $(about "$acceptance" ExitCode) =~ ^[03]:0 ]] || fail "$what: $(about "$acceptance" ExitCode): $(log_of "$acceptance")"
launches_in "jobs/runs/acceptance-$acceptance.h5" 12
[[ $(log_of "$acceptance" | head -n 1) == "case "* ]] || fail "$what: does not begin with the noise: $(log_of "$acceptance")"
for format in html md json; do [[ -s jobs/runs/acceptance-$acceptance.$format ]] || fail "$what: no page as $format"; done
[[ ! -e jobs/runs/acceptance-$acceptance.progress ]] || fail "$what: leaves its progress"

if $apart; then
    ended "$slow" FAILED 1 "a slow node"
    launches_in "jobs/runs/nodes-$slow.h5" 72
    prints "node2 is SLOWER than its peers: "
    grep -qE 'reduce/serial 1 x 1, elements 2: 1\.(2[89]|3[01]). \(1\.2.. \.\. 1\.3..\)' <<<"$log" ||
        fail "$what: another effect: $log"
    prints "3 nodes: 1 slower or wrong."
    ended "$same" COMPLETED 0 "nodes that are alike"
    prints "3 nodes: none slower or wrong."
    left=$(find "$cluster"/node*/tmp -name "pacer-$same")
    [[ -z $left ]] || fail "$what: leaves $left"
    ended "$broken" FAILED 1 "a broken node"
    prints "the file system is missing"
    launches_in "jobs/runs/nodes-$broken.h5" 6
    [[ $(tail -n 2 <<<"$log") == $'node1 FAILED'*"no end within 15 s"$'\nnode3 FAILED'* ]] ||
        fail "$what: does not end with them: $log"
    ended "$flaky" FAILED 1 "a node that fails once, and one that is killed"
    prints "once more: reduce"
    prints "node2 FAILED in 'reduce"
    prints "killed, probably out of memory"
    [[ $log != *"node1 FAILED"* && $log != *"node3 FAILED"* ]] || fail "$what: accuses a node that failed once: $log"
    ended "$judged" FAILED 1 "a node with wrong answers, and one without time"
    prints "reduce/serial 1 x 1, elements 1: FAILED: answers wrong"
    prints "MISSING: not in the launches."
    grep -q '^3 nodes: 2 slower or wrong' <<<"$log" || fail "$what: accuses others: $log"
    [[ $log != *"once more"* && $log != *"FAILED in"* ]] || fail "$what: tried again, or left out: $log"
    [[ $log != *"hosts within"* ]] || fail "$what: the nodes differ in their names: $log"
    ended "$all" FAILED 2 "nodes that all fail alike"
    prints "the test is broken, and no node: 'reduce"
    ended "$refused" FAILED 2 "an option that there is not"
    prints "the test is broken, and no node: 'reduce"
fi

restarted=$(STRONG=1e5 WEAK="" LAUNCHES=6 SHAPES="1x1x1 1x2x1" submit --nodes=1 --ntasks-per-node=2 --job-name=restarted \
    jobs/scaling.slurm reduce "${quick[@]}" --variants serial,mpi)
until_true 60 test -e "jobs/runs/restarted-$restarted.parts/strong-1x1x1-1.h5" || fail "job $restarted does not begin"
on_login scontrol shutdown slurmctld
waits() { [[ $(log_of "$restarted") == *"waiting for Slurm's controller"* ]]; }
until_true 60 waits || fail "scaling does not notice that Slurm's controller is down"
on_login slurmctld -f "$cluster/slurm.conf" >"$scratch/slurmctld" 2>&1 </dev/null
touch "$scratch/fails"
some=$(PACER_BIN=$scratch/fragile STRONG=1e5 WEAK="" LAUNCHES=2 SHAPES="1x1x2 1x1x1 1x2x1" FAILS=strong-1x1x2-2.h5 \
    submit --nodes=1 --ntasks-per-node=2 --job-name=some jobs/scaling.slurm reduce "${quick[@]}" --variants serial,mpi)
poor=$(STRONG=1e5 WEAK="" LAUNCHES=1 SHAPES="1x1x1 1x2x1" submit --nodes=1 --ntasks-per-node=2 --job-name=poor \
    jobs/scaling.slurm reduce --no-limits --max-seconds 1e-9 --variants mpi,hybrid)
once=$(LAUNCHES=4 FAILS=$scratch/fails made 1 none --nodes=1 --job-name=once jobs/acceptance.slurm none --apps reduce)
cut=$(STRONG=1 LAUNCHES=1000 SHAPES=1x1x1 made 1 none --nodes=1 jobs/scaling.slurm)
first=$(LAUNCHES=8 made 1 none --nodelist=node1 jobs/acceptance.slurm none --apps reduce)
ended "$restarted" COMPLETED 0 "scaling, while Slurm's controller is restarted"
launches_in "jobs/runs/restarted-$restarted.h5" 12
ended "$once" FAILED 1 "acceptance, where a launch fails"
prints "an app failed in 1 of 4 launches"
prints "4 launches find little"
launches_in "jobs/runs/once-$once.h5" 7
ended "$some" FAILED 1 "scaling, where a launch fails"
prints "left out, as launches failed: strong-1x1x2"
launches_in "jobs/runs/some-$some.h5" 4
prints "its launches before are in"
[[ $(compgen -G "jobs/runs/some-$some.left-out/strong-1x1x2-*.h5" | wc -l) -eq 1 ]] || fail "$what: loses a launch"
(($(nproc) < 2)) || grep -qE '^reduce/mpi on 2 cores is [0-9.]+x as fast as ' <<<"$log" || fail "$what: no sentence: $log"
ended "$poor" COMPLETED 0 "scaling, without time for a variant"
launches_in "jobs/runs/poor-$poor.h5" 2
prints "reduce/mpi  strong scaling"
has_dumps() { compgen -G "jobs/runs/scaling-$cut.parts/*.h5" >/dev/null; }
until_true 60 has_dumps || fail "job $cut does not begin"
on_login scancel "$cut"
ended "$cut" CANCELLED 0 "a job that is cut"
prints "not merged; to see the launches so far: '$scratch/made/timings' merge"
ended "$first" COMPLETED 0 "acceptance"
better=$(LAUNCHES=8 made 1 none --nodelist=node1 jobs/acceptance.slurm "jobs/runs/acceptance-$first.h5" --apps reduce)
worse=$(LAUNCHES=8 made 1.2 "*" --nodelist=node1 jobs/acceptance.slurm "jobs/runs/acceptance-$first.h5" --apps reduce)
alone=$(LAUNCHES=8 FRESH=0 made 1.2 "*" --nodelist=node1 --job-name=alone jobs/acceptance.slurm \
    "jobs/runs/acceptance-$first.h5" --apps reduce)
"$make_launches" more.h5 --launches 1 --elements 7
"$timings" merge lacking.h5 "jobs/runs/acceptance-$first.h5" more.h5 >"$scratch/merged"
missing=$(LAUNCHES=4 made 1 none --nodelist=node1 --job-name=missing jobs/acceptance.slurm lacking.h5 --apps reduce)
otherwise=$(CPU=Xeon made 1 none --nodelist=node1 --job-name=otherwise jobs/acceptance.slurm \
    "jobs/runs/acceptance-$first.h5" --apps reduce)
renewed=$(CPU=Xeon RENEW=1 LAUNCHES=8 FRESH=0 made 1 none --nodelist=node1 --job-name=renewed jobs/acceptance.slurm \
    "jobs/runs/acceptance-$first.h5" --apps reduce)
cp "jobs/runs/acceptance-$first.h5" "$scratch/kept.h5"
first_line() { [[ $(head -n 1 <<<"$log") == "$1"* ]] || fail "$what: does not begin with '$1': $log"; }
ended "$better" COMPLETED 0 "acceptance where nothing has changed"
first_line "AS FAST AS BEFORE"
ended "$worse" FAILED 1 "acceptance where all is slower"
first_line "SLOWER: "
prints "compared with fresh launches of reduce"
prints "SLOWER: confirmed by 8 fresh launches"
for format in html md json; do [[ -s jobs/runs/acceptance-$worse.$format ]] || fail "$what: no page as $format"; done
launches_in "jobs/runs/acceptance-$worse-fresh.h5" 16
ended "$alone" FAILED 1 "acceptance without fresh launches"
[[ ! -e jobs/runs/alone-$alone-fresh.h5 && $log != *fresh* ]] || fail "$what: has fresh launches: $log"
ended "$missing" FAILED 4 "acceptance against a baseline that has more"
first_line "NOT THE SAME TESTS: 1 of "
prints "MISSING"
ended "$otherwise" FAILED 4 "acceptance on other hardware"
prints "other hardware: cpu_model: AMD EPYC -> Xeon"
prints "nothing was measured; FORCE=1 compares all the same"
[[ ! -e jobs/runs/otherwise-$otherwise.h5 ]] || fail "$what: measures all the same"
ended "$renewed" COMPLETED 0 "acceptance that proposes a baseline"
launches_in "jobs/runs/acceptance-$first-$renewed.h5" 16
cmp "$scratch/kept.h5" "jobs/runs/acceptance-$first.h5" || fail "$what: changes the baseline"
if $apart; then
    elsewhere=$(LAUNCHES=8 FRESH=0 made 1.2 "*" --nodelist=node2 jobs/acceptance.slurm "jobs/runs/acceptance-$first.h5" \
        --apps reduce)
    ended "$elsewhere" FAILED 3 "acceptance on another node"
    prints "one node against one"
    dying=$(LAUNCHES=8 HELD=$scratch/held made 1 none --nodes=3 --job-name=dying jobs/nodes.slurm)
    begun() { [[ $(compgen -G "jobs/runs/dying-$dying.parts/node3-*.h5" | wc -l) -ge 2 ]]; }
    until_true 60 begun || fail "job $dying does not begin"
    switch_off node3 "$scratch/held"
    ended "$dying" FAILED 1 "a node that dies" 600
    prints "node3 FAILED in '"
    [[ $log != *"Requested nodes are busy"* ]] || fail "$what: the others wait for their own cores: $log"
fi

finish
