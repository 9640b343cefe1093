#!/usr/bin/env bash
# Facts that a site's script tells: they are in the dump; whatever the script does, the launch goes on, and one sentence
# tells what is wrong.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

cd "$scratch"
unset PACER_ALONE PACER_FACTS
small=(-n 1000 --repeats 2 --no-limits --variants mpi --quiet)

# script NAME: reads it.
script() {
    cat >"$1" && chmod +x "$1"
}
script "a site's script" <<'SH'
#!/bin/sh
echo run >>runs
echo 'bmc=2.11'
echo 'image=node 2026.11'
SH
script fails <<'SH'
#!/bin/sh
echo bmc=1
echo 'no such tool' >&2
exit 3
SH
script hangs <<'SH'
#!/bin/sh
echo bmc=1
sleep 12345.6 &
echo $! >sleeper
wait
SH
script talks <<'SH'
#!/bin/sh
echo Firmware: 7
echo bmc=2.11
SH

# told SCRIPT RANKS WHAT: a launch with it; the site's facts are in $told.
told() {
    rm -f told.h5
    PACER_FACTS=$1 run timeout 100 mpirun -np "$2" "$BIN/reduce" "${small[@]}" --dump told.h5
    expect 0 "$3"
    told=$("$BIN/timings" show --environment told.h5 | sed -nE 's/^(site_[a-z]+) +/\1 /p' | paste -sd,)
}
# only_says SENTENCE WHAT: once, and nothing else.
only_says() {
    once "$1" "$2"
    [[ $(wc -l <"$scratch/stderr") -eq 1 ]] || fail "$2: more than one line: $err"
}

for ranks in 1 2 3 4; do
    what="$ranks ranks"
    rm -f runs
    told "./a site's script" "$ranks" "$what"
    [[ $told == 'site_bmc 2.11,site_image node 2026.11' && -z $err ]] || fail "$what: '$told' $err"
    [[ $(wc -l <runs) -eq 1 ]] || fail "$what: the script ran $(wc -l <runs) times on one node"

    told ./fails "$ranks" "$what, it fails"
    [[ -z $told ]] || fail "$what: a script that fails tells $told"
    only_says "PACER_FACTS: ./fails on $(hostname): exit status 3: no such tool; the launch goes on" "$what, it fails"

    told ./missing "$ranks" "$what, it is missing"
    [[ -z $told ]] || fail "$what: a missing script tells $told"
    only_says "PACER_FACTS: ./missing on $(hostname): exit status 127" "$what, it is missing"

    told ./talks "$ranks" "$what, a line that is no fact"
    [[ $told == 'site_bmc 2.11' ]] || fail "$what: a bad line leaves $told"
    only_says "line 1 is not NAME=value, with a name of a-z, 0-9 and _ that no line before has: 'Firmware: 7'" "$what"
done

told ./hangs 2 "it hangs"
[[ -z $told ]] || fail "a script that hangs tells $told"
only_says "PACER_FACTS: ./hangs on $(hostname): it did not end within 10 s" "it hangs"
left=$(ps -o stat= -p "$(<sleeper)" || true) # a zombie is gone: some first processes reap late
[[ -z $left || $left == Z* ]] || fail "what a script that hangs has started is left: $left"

# A comparison names what changed.
told "./a site's script" 1 "the baseline"
mv told.h5 before.h5
sed -i 's/2\.11/2.12/' "a site's script"
told "./a site's script" 1 "the new launch"
run "$BIN/timings" compare before.h5 --to told.h5
says out 'site_bmc: 2.11 -> 2.12' "compare"
[[ $out != *site_image* ]] || fail "compare names a fact that is the same: $out"

# The program starter of fileio serves both.
printf '1 2 3\n4 5 6\n' >rows.txt
PACER_FACTS="./a site's script" run timeout 100 mpirun -np 2 "$BIN/fileio" --calculation 'exec:3:cat' --repeats 2 --no-limits \
    --quiet --dump both.h5 rows.txt
expect 0 "beside a calculation by a program"
"$BIN/timings" show --environment both.h5 >"$scratch/stdout"
says out "2.12" "beside a calculation by a program"

finish
