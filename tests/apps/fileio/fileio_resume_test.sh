#!/usr/bin/env bash
# fileio's delivering runs, cut short in every way and gone on with: the same bytes in the end.
# Usage: fileio_resume_test.sh BROKEN_CALCULATIONS [SEED]. Wants $BIN.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
broken=$(realpath "$1")
seed=${2:-$((RANDOM * 32768 + RANDOM))}
echo "seed $seed"
trials=50
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun would give the ranks of a broken launch a second each time
cd "$scratch"

# The input: 1000 records of 1 ms, some of them bad, in plain and compressed files.
mkdir data
"$fileio" --make-input rows.txt -n 1000
{ head -n 450 rows.txt && echo 'bad 1' && sed -n 451,600p rows.txt && printf '# none\n1,,2\n'; } >data/a.txt
sed -n 601,800p rows.txt | gzip >data/b.gz
{ sed -n 801,990p rows.txt && echo '1 2 x' && sed -n 991,1000p rows.txt; } >data/c.txt
account='records in 1004 = done 1000 + rejected 3 + skipped 1'
quick=(--calculation wait:1ms --on-error skip data)      # asleep
busy=(--calculation lorenz:100000 --on-error skip data)   # calculating
for type in h5 csv; do
    "$fileio" "${quick[@]}" --out "quick.$type" >/dev/null
    "$fileio" "${busy[@]}" --out "busy.$type" >/dev/null
done

# launch RANKS ARGUMENTS...: in the background; the processes' ids are in $launcher and $ranks once all are there.
# It may have ended by then.
launch() {
    local count=$1
    shift
    mpirun --quiet -np "$count" "$fileio" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
    launcher=$!
    for _ in $(seq 500); do
        ranks=$(ranks_of "$launcher" -x fileio)
        [ "$(wc -w <<<"$ranks")" -lt "$count" ] || return 0
        kill -0 "$launcher" 2>/dev/null || return 0
        sleep 0.01
    done
}

# gone PID SECONDS: the process ends in that time. One that nobody has waited for yet has ended.
gone() {
    local status
    for _ in $(seq $(($2 * 50))); do
        status=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || return 0
        [ "${status:0:1}" != Z ] || return 0
        sleep 0.02
    done
    return 1
}

# All ranks of the launch end within seconds, and mpirun with them; its exit status in $status. What hangs is killed.
ended() { # ended WHAT
    local pid
    for pid in $ranks; do
        gone "$pid" 10 || {
            fail "$1: process $pid is still there after 10 seconds: $(cat "$scratch/stderr")"
            kill -KILL "$pid" || true
        }
    done
    # Open MPI 4.1's own mpirun hangs when a rank is killed just as it connects: a lock in PMIx_server_finalize.
    gone "$launcher" 10 || {
        echo "$1: mpirun hangs though its ranks are gone, and is killed" >&2
        kill -KILL "$launcher" || true
    }
    status=0
    { wait "$launcher"; } 2>/dev/null || status=$? # the shell's own words about a killed one
    out=$(cat "$scratch/stdout")
    err=$(cat "$scratch/stderr")
}

milliseconds() { # milliseconds LESS_THAN: sleeps, at random
    local some=$(((RANDOM * 32768 + RANDOM) % $1))
    sleep "$((some / 1000)).$(printf %03d $((some % 1000)))"
}

same() { # same WHAT EXPECTED GOT: results and the list of rejected records
    cmp "$2" "$3" >&2 || fail "$1: other results"
    cmp "$2.rejected" "$3.rejected" >&2 || fail "$1: rejects others"
}

nothing_left() { # nothing_left WHAT FOLDER
    local left
    left=$(find "$2" -name '*.part' -o -name '*.journal')
    [ -z "$left" ] || fail "$1: left behind: $left"
}

# One run, killed at a random moment, once or twice, then finished by other ranks.
killed_trial() { # killed_trial NUMBER
    local number=$1 kind=quick type=h5 count times what victims arguments result
    RANDOM=$((seed + number))
    ((number % 3 != 0)) || kind=busy
    ((number % 2 != 0)) || type=csv
    arguments=("${quick[@]}")
    [ "$kind" = quick ] || arguments=("${busy[@]}")
    result=killed$number/r.$type
    mkdir "killed$number"
    times=$((RANDOM % 4 == 0 ? 2 : 1))
    while ((times-- > 0)); do
        count=$((2 + RANDOM % 3))
        launch "$count" "${arguments[@]}" --out "$result" --resume --block $((67 * (1 + RANDOM % 10)))
        milliseconds $((250 + 1100 / (count - 1)))
        case $((number % 10)) in
        0) victims="$launcher $ranks" ;;
        5) victims=$launcher ;;
        *) victims=$(shuf -n 1 --random-source=<(yes "$RANDOM") <<<"$ranks") ;;
        esac
        what="trial $number ($kind.$type on $count ranks, killed: ${victims//$'\n'/ } of $launcher ${ranks//$'\n'/ })"
        # shellcheck disable=SC2086 # ids
        kill -KILL $victims 2>/dev/null || true # or it had ended
        ended "$what"
        if [ -e "$result" ]; then
            same "$what" "$kind.$type" "$result"
        else
            [ "$status" -ne 0 ] || fail "$what: exit status 0, but no results"
        fi
        [ -e "$result.journal" ] || [ ! -e "$result" ] || { nothing_left "$what" "killed$number" && return 0; }
    done
    run timeout -k 5 150 mpirun -np $((1 + RANDOM % 4)) "$fileio" "${arguments[@]}" --out "$result" --resume
    expect 0 "$what, then resumed"
    grep -qF -e "$account" -e 'is complete already' "$scratch/stdout" || fail "$what, then resumed: $out"
    same "$what, then resumed" "$kind.$type" "$result"
    nothing_left "$what" "killed$number"
    if grep -q '[1-9][0-9]* records were already done' "$scratch/stdout"; then touch "killed$number/resumed"; fi
}

# Some at a time: they mostly wait.
lane() { # lane NUMBER
    scratch=$scratch/lane$1
    mkdir "$scratch"
    for ((number = $1; number < trials; number += 4)); do killed_trial "$number"; done
    [ "$failures" -eq 0 ]
}
lanes=()
for lane in 0 1 2 3; do
    lane "$lane" &
    lanes+=($!)
done
for lane in "${lanes[@]}"; do
    wait "$lane" || fail "killed trials with seed $seed"
done
resumed=$(find . -name resumed | wc -l)
echo "$trials runs were killed, $resumed of them in the middle"
[ "$resumed" -ge $((trials / 10)) ] || fail "only $resumed of $trials runs were killed in the middle"

# A signal to a rank, or one that the launcher passes on: exit 75, everything kept, nothing done again.
under_way() { # under_way JOURNAL BYTES: waits until it has so many
    for _ in $(seq 1000); do
        [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -lt "$2" ] || return 0
        sleep 0.01
    done
    fail "$1 never has $2 bytes"
}
RANDOM=$seed
for number in $(seq 8); do
    signals=(TERM USR1 INT USR2)
    signal=${signals[$((number % 4))]}
    count=$((1 + number % 4))
    result=stopped$number.csv
    block=$((67 * (1 + RANDOM % 5))) bytes=2000
    [ "$number" -ne 8 ] || block=67 bytes=85000 # some 500 records, a bad one among them
    launch "$count" "${quick[@]}" --out "$result" --block "$block"
    under_way "$result.journal" "$bytes"
    [ "$number" -eq 8 ] || milliseconds $((300 / count))
    victim=$(shuf -n 1 --random-source=<(yes "$RANDOM") <<<"$ranks")
    [ "$number" -ne 5 ] || victim=$launcher # mpirun hands SIGUSR1 on
    kill "-$signal" "$victim"
    what="SIG$signal to $victim of $count ranks"
    ended "$what"
    # MPICH's launcher, signalled itself, now and then ends with 0, whatever its ranks ended with.
    { is_mpich && [ "$victim" = "$launcher" ] && [ "$status" -eq 0 ]; } || expect 75 "$what"
    once 'fileio: stopped by a signal' "$what"
    [ ! -e "$result" ] || fail "$what: results of a part of the input"
    [ -s "$result.journal" ] || fail "$what: no journal"
    kept=$(sed -nE 's/.*a signal; ([0-9]+) records are kept.*/\1/p' <<<"$err")
    run timeout -k 5 60 mpirun -np $((RANDOM % 4 + 1)) "$fileio" "${quick[@]}" --out "$result" --resume
    expect 0 "$what, then resumed"
    says out "$account" "$what, then resumed"
    says out "${kept:-no} records were already done" "$what, then resumed"
    [ "${kept:-0}" -gt 0 ] || fail "$what: nothing was done before"
    same "$what, then resumed" quick.csv "$result"
done
nothing_left 'after signals' .
# Ended by its launcher: SIGTERM, and SIGKILL a moment later.
launch 3 "${quick[@]}" --out ended.csv
under_way ended.csv.journal 2000
kill -TERM "$launcher"
ended 'SIGTERM to mpirun'
is_mpich || [ "$status" -ne 0 ] || fail 'SIGTERM to mpirun: exit status 0'
run timeout -k 5 60 mpirun -np 2 "$fileio" "${quick[@]}" --out ended.csv --resume
expect 0 'SIGTERM to mpirun, then resumed'
same 'SIGTERM to mpirun, then resumed' quick.csv ended.csv
# While it waits for input that does not come.
mkfifo silent
sleep 100 >silent &
writer=$!
for ranks_here in 1 2; do
    mpirun --quiet -np "$ranks_here" "$fileio" --calculation sum silent --out silent.csv >"$scratch/stdout" 2>"$scratch/stderr" &
    launcher=$!
    for _ in $(seq 6000); do
        ranks=$(ranks_of "$launcher" -x fileio)
        first=$(head -n 1 <<<"$ranks")
        [ -z "$first" ] || [ -z "$(find "/proc/$first/fd" -lname '*/silent' 2>/dev/null)" ] || break
        sleep 0.01
    done
    sleep 0.1
    kill -TERM "$first"
    ended "SIGTERM to $ranks_here ranks that wait for input"
    expect 75 "SIGTERM to $ranks_here ranks that wait for input"
    [ ! -e silent.csv.journal ] || fail "SIGTERM to $ranks_here ranks that wait for input: a journal without results is left"
    rm -f silent.csv*
done
kill "$writer"

# A run that had begun to write the results is killed: whatever it left is no results, and goes.
"$fileio" --make-input large.txt -n 400000
"$fileio" --calculation sum large.txt --out large.csv >/dev/null
mkdir within
ln large.txt within/rows.txt
"$fileio" --calculation sum within --out within.csv >/dev/null
killed_writing() { # killed_writing INPUT RESULT EXPECTED
    launch 2 --calculation sum "$1" --out "$2"
    for _ in $(seq 100000); do
        ! compgen -G "${2%.csv}.*.part" >/dev/null || break
    done
    # shellcheck disable=SC2086 # ids
    kill -KILL $ranks $launcher 2>/dev/null || true
    ended "killed while writing $2"
    [ ! -e "$2" ] || fail "killed while writing $2: too late to be a test"
    run timeout -k 5 60 mpirun -np 3 "$fileio" --calculation sum "$1" --out "$2" --resume
    expect 0 "killed while writing $2, then resumed"
    cmp "$3" "$2" || fail "killed while writing $2, then resumed: other results"
    nothing_left "killed while writing $2" "$(dirname "$2")"
    find . \( -name '*.part' -o -name '*.journal' \) -delete
}
mkdir beside
killed_writing large.txt beside/r.csv large.csv
killed_writing within within/r.csv within.csv

# What is not the same run is refused, with one sentence, and the journal stays as it is.
cp "$broken" mine.so
seq 40 | sed 's/$/ 2/' >first.txt
cp first.txt second.txt
mine=(--calculation ./mine.so:throws_sometimes --out mine.csv) # record 17 of each file ends it
run "$fileio" "${mine[@]}" first.txt second.txt --block 20
expect 2 'a record that ends the run'
cp mine.csv.journal kept
touch -r second.txt time
refused() { # refused TEXT ARGUMENTS...
    local text=$1
    shift
    run timeout -k 5 30 "$fileio" "$@"
    expect 2 "fileio $*"
    once "$text" "fileio $*"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "fileio $*: not one sentence: $err"
    [ ! -e mine.csv ] || fail "fileio $*: there are results"
    cmp kept mine.csv.journal || fail "fileio $*: the journal is changed"
}
go_on=("${mine[@]}" --resume --on-error skip)
refused 'mine.csv.journal is left from an unfinished run' "${mine[@]}" first.txt second.txt
refused 'calculation is ./mine.so:throws_sometimes' --calculation sum --out mine.csv --resume first.txt second.txt
refused 'calculation is ./mine.so:throws_sometimes' --calculation ./mine.so:forgetful --out mine.csv --resume first.txt second.txt
refused 'skip-header is 0 there, and 1 here' "${go_on[@]}" --skip-header 1 first.txt second.txt
refused 'input second.txt is missing here' "${go_on[@]}" first.txt
echo x >>mine.so
refused 'calculation is ./mine.so:throws_sometimes' "${go_on[@]}" first.txt second.txt
cp "$broken" mine.so
# A missing file, and the file again, with other ranks, blocks and ways with bad records: goes on.
mv first.txt elsewhere
run "$fileio" "${go_on[@]}" first.txt second.txt
expect 2 'a file that is missing'
once 'cannot read first.txt: No such file or directory' 'a file that is missing'
says err 'records are kept in mine.csv.journal: the same command with --resume continues' 'a file that is missing'
mv elsewhere first.txt
run timeout -k 5 60 mpirun -np 3 "$fileio" "${go_on[@]}" first.txt second.txt --block 7
expect 0 'other ranks, blocks and ways with bad records'
says out 'records in 80 = done 78 + rejected 2 + skipped 0' 'other ranks, blocks and ways with bad records'
says out ' records were already done' 'other ranks, blocks and ways with bad records'

# What was done counts by its content, file by file and block by block.
mkdir changing
seq 1000 | sed 's/$/ 2/' >changing/a.txt
seq 1000 | sed 's/$/ 3/; 900s/.*/x 3/' >changing/c.txt
resumed() { # resumed WHAT [ARGUMENTS]...: to the same results as those of a run that was never cut
    local what=$1
    shift
    rm -f whole.csv*
    run timeout -k 5 60 "$fileio" --calculation sum --out whole.csv changing "$@"
    expect 0 "$what, not cut"
    run timeout -k 5 60 mpirun --quiet -np $((1 + RANDOM % 4)) "$fileio" --calculation sum --block 50 --out changing.csv --resume changing "$@"
    expect 0 "$what"
    cmp whole.csv changing.csv >&2 || fail "$what: other results"
    nothing_left "$what" .
}
cut_short() { # cut_short: by the bad line
    rm -f changing.csv*
    run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --calculation sum --block 50 --out changing.csv changing
    expect 2 'a bad line'
    says err 'records are kept in changing.csv.journal: the same command with --resume continues' 'a bad line'
}
rm -f ./*.journal
cut_short
sed -i '900s/x/900/' changing/c.txt
resumed 'the bad line corrected'
says out ' records were already done' 'the bad line corrected'
grep -qE '^fileio: kept (18|19)[0-9]{2} records, [0-9]{1,2} again: changing/c.txt changed$' "$scratch/stderr" || fail "the bad line corrected: $err"
sed -i '900s/900/x/' changing/c.txt
cut_short
touch -d 2001-01-01 changing/a.txt
seq 5 >changing/b.txt
sed -i '900s/x/y/; 5s/5/6/' changing/c.txt # of the same size
sed -i '900s/y/9/' changing/c.txt
resumed 'a file touched, one added, one changed'
says err ' again: changing/c.txt changed' 'a file touched, one added, one changed'
sed -i '900s/9/x/' changing/c.txt
cut_short
cp -p changing/a.txt old
sed -i '7s/7/8/' changing/a.txt
touch -r old changing/a.txt # as rsync -t leaves it
rm changing/b.txt
sed -i '900s/x/9/' changing/c.txt
resumed 'a change that neither size nor time tells, and a file removed'
says err 'again: changing/a.txt' 'a change that neither size nor time tells'
says err '5 records are left out, whose files are no longer there' 'a file removed'
gzip -c changing/c.txt >whole.gz
rm changing/c.txt
head -c 1000 whole.gz >changing/c.gz
cut_short
cp whole.gz changing/c.gz
resumed 'a damaged archive replaced'
says out ' records were already done' 'a damaged archive replaced'

# A last line that may have been cut: said by the run that ends, though an earlier one had done it.
{ seq 300 && printf 3.1; } >open.txt
printf '1\nx\n' >bad.txt
run "$fileio" --calculation sum --block 50 --out open.csv open.txt bad.txt
expect 2 'a bad line behind a last one that may have been cut'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --out open.csv open.txt bad.txt --resume --on-error skip
expect 0 'a last line that may have been cut, resumed'
says out '302 records were already done' 'a last line that may have been cut, resumed'
once 'warning: open.txt:301 is the last line and has no newline: it may have been cut' 'a last line that may have been cut, resumed'

# Standard input is read once more when the run has finished: it may have been cut then.
seq 5 | "$fileio" --calculation sum --out piped.csv - >/dev/null
for last in 5 6 4; do
    what="a finished run of 5 lines from standard input, which now gives $last"
    seq "$last" >given
    status=0
    timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --out piped.csv --resume - \
        <given >"$scratch/stdout" 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    if [ "$last" -eq 5 ]; then
        expect 0 "$what"
        says out 'piped.csv is complete already: 5 records are done' "$what"
        [ -z "$err" ] || fail "$what: $err"
    else
        expect 2 "$what"
        once 'piped.csv exists, and standard input is not what it was made from' "$what"
    fi
    [ "$(wc -l <piped.csv)" -eq 6 ] || fail "$what: the results are others"
done

# A run that has finished is resumed with success, by the same command alone, and left as it is.
for type in h5 csv; do
    what="a finished run (.$type)"
    finished=("$fileio" --calculation sum --out "finished.$type" --resume changing)
    "${finished[@]}" >/dev/null
    cp -p "finished.$type" before
    run timeout -k 5 60 mpirun --quiet -np 2 "${finished[@]}"
    expect 0 "$what"
    says out "finished.$type is complete already" "$what"
    cmp before "finished.$type" >&2 || fail "$what: is changed"
    # Killed after the results had their name.
    : >"finished.$type.journal"
    run "${finished[@]}"
    expect 0 "$what, with a journal"
    [ ! -e "finished.$type.journal" ] || fail "$what: its journal stays"
    run "${finished[@]}" --skip-header 1
    expect 2 "$what, other options"
    once 'is of a different run: skip-header is 0 there, and 1 here' "$what, other options"
    run "${finished[@]}" first.txt
    expect 2 "$what, other input"
    once 'is of other input' "$what, other input"
    touch -d '+1 minute' changing/c.gz
    run "${finished[@]}"
    expect 0 "$what, touched input"
    says out "finished.$type is complete already" "$what, touched input"
    cp changing/a.txt old
    sed -i '1s/1/2/' changing/a.txt
    touch -d '+1 minute' changing/a.txt
    run "${finished[@]}"
    expect 2 "$what, modified input"
    once 'was modified after it was written' "$what, modified input"
    cp old changing/a.txt
    touch -d '-1 minute' changing/*
    cmp before "finished.$type" >&2 || fail "$what: is changed"
done

# A run in which nothing is done leaves no journal, and a corrected command is not kept from running.
printf 'x y\n1 2\n3 4\n' >header.txt
for count in 1 3; do
    run timeout -k 5 60 mpirun --quiet -np "$count" "$fileio" --calculation sum --out header.csv header.txt
    expect 2 "a header that is not skipped, on $count ranks"
    [ ! -e header.csv.journal ] || fail "a header that is not skipped, on $count ranks: a journal is left"
    run timeout -k 5 60 mpirun --quiet -np "$count" "$fileio" --calculation sum --out header.csv header.txt --skip-header 1
    expect 0 "a header that is skipped, on $count ranks"
    rm -f header.csv*
done

seq 1000 | gzip | head -c 20 >cut.gz
run "$fileio" --calculation sum --out cut.csv cut.gz
expect 2 'an archive that cannot be read'
[ ! -e cut.csv.journal ] || fail 'an archive that cannot be read: a journal is left'

# A record that ends the program is left out when the run is resumed.
{ printf '# none\n\n' && seq 40 | sed 's/$/ 2 3/'; } >poison.txt
for function in crashes overflows exits hangs; do
    for count in 1 3; do
        what="$function on $count ranks"
        poison=("$fileio" --calculation "$broken:$function" poison.txt --columns 1 --out "$function.csv" --block 33 --record-timeout 1) # the last of its block
        run timeout -k 5 60 mpirun --quiet -np "$count" "${poison[@]}" --on-error skip
        [ "$status" -ne 0 ] || fail "$what: exit status 0"
        once "$function.csv.journal: the same command with --resume continues" "$what"
        run timeout -k 5 60 mpirun --quiet -np $((4 - count)) "${poison[@]}" --on-error skip --resume
        expect 0 "$what, resumed"
        says out 'records in 42 = done 39 + rejected 1 + skipped 2' "$what, resumed"
        grep -qE '^poison.txt:19: (the calculation|takes longer)' "$function.csv.rejected" || fail "$what, resumed: $(cat "$function.csv.rejected")"
        rm -f "$function.csv"*
    done
done

# After a signal, and at the deadline, nothing is waited for that has not begun.
seq 60 >slow.txt
for count in 1 3; do
    rm -f slow.csv*
    run timeout -k 5 60 mpirun --quiet -np "$count" "$fileio" --calculation wait:2s --out slow.csv slow.txt --block 100 --deadline 3
    expect 75 "a deadline, on $count ranks"
    says err 'stopped by --deadline' "a deadline, on $count ranks"
    done_by=$(sed -nE 's/.*--deadline; ([0-9]+) record.*/\1/p' "$scratch/stderr")
    # In 3 s a thread or worker begins 2 records of 2 s, and each has dozens to do.
    [ "${done_by:-0}" -le $((2 * $(nproc) * (count == 1 ? 1 : 2) + 4)) ] || fail "a deadline, on $count ranks: $done_by records are done"
done

# A journal that a process on another host may still write to.
if unshare --uts true 2>/dev/null; then
    seq 100000 >elsewhere.txt
    elsewhere=("$fileio" --calculation wait:1ms --out elsewhere.csv elsewhere.txt --resume)
    journal_bytes() { stat --format %s elsewhere.csv.journal 2>/dev/null || echo 0; }
    begun_and_killed() {
        local bytes
        bytes=$(journal_bytes)
        "${elsewhere[@]}" >/dev/null 2>&1 &
        for _ in $(seq 300); do
            sleep 0.1
            (($(journal_bytes) <= bytes)) || break
        done
        kill -KILL "$!"
        wait "$!" || true
    }
    begun_and_killed
    run timeout -k 5 60 "${elsewhere[@]}" --deadline 2
    expect 75 'a journal of this host'
    ! grep -q 'was left by' "$scratch/stderr" || fail "a journal of this host: $err"
    begun_and_killed
    on_other_host() { unshare --uts bash -c 'hostname elsewhere && exec "$@"' - timeout -k 5 60 "$@"; }
    { for _ in $(seq 15); do sleep 1 && touch -c elsewhere.csv.journal; done; } &
    writer=$!
    run on_other_host "${elsewhere[@]}"
    expect 2 'a journal that is written to on another host'
    once 'elsewhere.csv.journal is in use by process ' 'a journal that is written to on another host'
    kill "$writer"
    run on_other_host "${elsewhere[@]}" --deadline 18
    expect 75 'a journal of a host that is gone'
    says err 'elsewhere.csv.journal was left by process ' 'a journal of a host that is gone'
    begun_and_killed
    run on_other_host "${elsewhere[@]}" --force --deadline 2
    expect 75 'a journal that is taken over'
    ! grep -q 'was left by' "$scratch/stderr" || fail "a journal that is taken over: $err"
else
    echo 'a host of another name cannot be had here'
fi

# Standard input can be gone on with too, if it is the same again. MPICH's launcher gives up on more than 64 KiB of it.
head -n 900 rows.txt >fewer.txt
for number in 1 2; do
    run bash -c 'cat fewer.txt <(echo "1 x") | "$@"' - "$fileio" --calculation sum --out "stdin$number.csv" -
    expect 2 'standard input with a bad record'
done
run bash -c 'cat fewer.txt <(echo "1 x") | "$@"' - mpirun -np 2 "$fileio" --calculation sum --out stdin1.csv - --resume --on-error skip
expect 0 'the same standard input'
says out 'records in 901 = done 900 + rejected 1 + skipped 0' 'the same standard input'
says out ' records were already done' 'the same standard input'
run bash -c 'sed s/E+00/E+01/ fewer.txt | "$@"' - timeout -k 5 30 "$fileio" --calculation sum --out stdin2.csv - --resume --on-error skip
expect 2 'another standard input'
once 'standard input' 'another standard input'
[ ! -e stdin2.csv ] || fail 'another standard input: there are results'

# A journal that a killed run left, and that lost its end or has other bytes there: what is whole of it is used.
launch 2 "${quick[@]}" --out torn.csv --block 500
under_way torn.csv.journal 8000
# shellcheck disable=SC2086 # ids
kill -KILL $ranks $launcher
ended 'killed for its journal'
mv torn.csv.journal torn
bytes=$(stat -c %s torn)
go_on=("${quick[@]}" --out torn.csv --resume)
again() { # again WHAT: with the journal as it is now
    run timeout -k 5 60 mpirun -np 4 "$fileio" "${go_on[@]}"
    expect 0 "$1"
    says out "$account" "$1"
    same "$1" quick.csv torn.csv
    nothing_left "$1" .
    rm -f torn.csv*
}
rm -f ./*.journal
for cut in 0 10 25 60 $((bytes - 1)) $((RANDOM % bytes)) $((RANDOM % bytes)) $((RANDOM % bytes)); do
    head -c "$cut" torn >torn.csv.journal
    again "a journal of $bytes bytes cut at $cut"
done
for _ in $(seq 6); do
    cp torn torn.csv.journal
    at=$((bytes - 1 - RANDOM % (bytes / 3)))
    old=$(od -An -tu1 -j "$at" -N 1 torn | tr -d ' ')
    printf '%b' "\\x$(printf %x $((old ^ (1 << RANDOM % 8))))" | dd of=torn.csv.journal bs=1 seek="$at" conv=notrunc status=none
    again "a journal of $bytes bytes with another one at $at"
done
{ cat torn && head -c 5000 /dev/urandom; } >torn.csv.journal
again 'a journal with noise behind it'
{ cat torn && head -c 100000 /dev/zero; } >torn.csv.journal
again 'a journal with zeros behind it'
cp rows.txt torn.csv.journal
run timeout -k 5 30 "$fileio" "${go_on[@]}"
expect 2 'a journal that is none'
once 'torn.csv.journal is not a journal' 'a journal that is none'
cmp rows.txt torn.csv.journal || fail 'a journal that is none is changed'
rm torn.csv.journal

# Input that is modified when it has been read, but before the results are there, is other input.
printf '%s 1\n' $(seq 100) >late.txt
for segments in '' --segments; do
    for name in late.csv late.h5; do
        # shellcheck disable=SC2086 # one word or none
        "$fileio" --calculation wait:20ms $segments --out "$name" late.txt >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
        launcher=$!
        under_way "$name.journal" 1
        sleep 0.3
        sed -i '1s/^./9/' late.txt
        wait "$launcher" || fail "modified late: $(cat "$scratch/stderr")"
        err=$(cat "$scratch/stderr")
        says err 'warning: late.txt was modified after it had been read' 'modified late'
        # shellcheck disable=SC2086
        run timeout -k 5 60 "$fileio" --calculation wait:20ms $segments --out "$name" --resume late.txt
        expect 2 'modified late, resumed'
        says err 'late.txt was modified after it was written' 'modified late, resumed'
        sed -i '1s/^./1/' late.txt
        rm -f "$name" "$name.run"
    done
done

# The list of rejected records is that of the results beside it, whatever was there when the run was cut.
printf '1 2\nx 2\n' >corrected.txt
mkdir corrected.csv.run
run timeout -k 5 30 "$fileio" --calculation sum --on-error skip --out corrected.csv corrected.txt
expect 2 'results that cannot be written'
[ -e corrected.csv.rejected ] || fail 'results that cannot be written: no list to be left behind'
rmdir corrected.csv.run
echo '1 2' >corrected.txt
run timeout -k 5 30 "$fileio" --calculation sum --on-error skip --resume --out corrected.csv corrected.txt
expect 0 'corrected input'
[ ! -e corrected.csv.rejected ] || fail "corrected input: rejects $(cat corrected.csv.rejected)"

# A journal in use by another run.
launch 2 --calculation wait:10ms "${quick[@]:2}" --out used.csv
under_way used.csv.journal 500
for more in --resume --force; do
    run timeout -k 5 30 "$fileio" --calculation wait:10ms "${quick[@]:2}" --out used.csv "$more"
    expect 2 "a journal in use, $more"
    once 'used.csv.journal is in use by another run' "a journal in use, $more"
done
kill -TERM "$(head -n 1 <<<"$ranks")"
"$fileio" --version >"$scratch/stdout" 2>"$scratch/stderr" # `run` wrote there
wait "$launcher" && fail 'a journal in use: the run that used it was not stopped'
run timeout -k 5 60 mpirun -np 4 "$fileio" --calculation wait:10ms "${quick[@]:2}" --out used.csv --resume
expect 0 'a journal in use, then free'
says out "$account" 'a journal in use, then free'
same 'a journal in use, then free' quick.csv used.csv

finish
