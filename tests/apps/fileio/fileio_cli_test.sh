#!/usr/bin/env bash
# fileio as its users type it. Usage: fileio_cli_test.sh BROKEN_CALCULATIONS. Wants $BIN, the folder of the programs.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
timings=$BIN/timings
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun would give the ranks of a broken launch a second each time
broken=$(realpath "$1")
cd "$scratch"

run "$fileio" --help
expect 0 'help'
says out '--calculation' 'help'
says out 'lorenz:STEPS' 'help'
run mpirun -np 3 "$fileio" --help
expect 0 'help on ranks'
[ "$(grep -c -- '--record-timeout' <<<"$out")" -eq 1 ] || fail 'help is printed by more than one rank'
run "$fileio" --version
expect 0 'version'
says out 'Pacer' 'version'
run "$fileio" --list
expect 0 'list'
names=$(awk '{print $1}' <<<"$out" | xargs)
[ "$names" = 'serial openmp master_worker hybrid scatter parallel_read segments' ] || fail "the variants listed are others: $names"

run "$fileio" --make-input rows.txt -n 3000
expect 0 'make-input'
[ "$(wc -lc <rows.txt | xargs)" = '3000 201000' ] || fail 'make-input: other lines or bytes'
run "$fileio" --make-input again.txt -n 3000
cmp rows.txt again.txt || fail 'make-input: other rows the second time'
run "$fileio" --make-input again.txt -n 3000 --seed 1 --force
expect 0 'make-input --force'
cmp -s rows.txt again.txt && fail 'make-input: the same rows for another seed'
head -n 40 rows.txt >few.txt

# Measuring.
for ranks in 1 2 3 4; do
    run timeout -k 5 60 mpirun -np "$ranks" "$fileio" -n 203 --calculation wait:100us --no-limits --repeats 6 --dump "m$ranks.h5"
    expect 0 "measuring on $ranks ranks"
    for name in $names; do
        grep -qE "^$name .* verified$" "$scratch/stdout" || fail "$name on $ranks ranks is not verified: $out"
    done
    says out 'records in 203 = done 203 + rejected 0 + skipped 0' "measuring on $ranks ranks"
    grep -vE '^(warning|dump|[0-9]+ more warnings?): |^records in' "$scratch/stdout" >table
    run "$timings" validate "m$ranks.h5"
    expect 0 "validate on $ranks ranks"
    run "$timings" show "m$ranks.h5"
    expect 0 "show on $ranks ranks"
    grep -vE '^(warning|m[1-4].h5|[0-9]+ more warnings?): ' "$scratch/stdout" | diff - table >&2 || fail 'timings show prints another table'
done
for more in '--calculation lorenz:100 --workload heavy' '--calculation stats' '--calculation wait:1us --workload linear' \
    '--calculation sum --block 67'; do
    # shellcheck disable=SC2086 # options
    run timeout -k 5 60 mpirun -np 3 "$fileio" -n 501 $more --no-limits --no-dump --repeats 6
    expect 0 "measuring $more"
    [ "$(grep -c ' verified$' <<<"$out")" -eq 7 ] || fail "measuring $more: not seven verified variants: $out"
done
printf 'a b c\n# none\n1 2 3\n\nbad 1\n4 5 6' >mixed.txt
run timeout -k 5 60 mpirun -np 2 "$fileio" --calculation sum --on-error skip --skip-header 1 --no-limits --no-dump --repeats 6 mixed.txt few.txt
expect 0 'measuring given input'
says out 'records in 46 = done 41 + rejected 1 + skipped 4' 'measuring given input'
[ "$(grep -c ' verified$' <<<"$out")" -eq 7 ] || fail "measuring given input: not seven verified variants: $out"
run "$fileio" --calculation sum --no-limits --no-dump --repeats 6 few.txt mixed.txt
expect 2 'measuring bad input'
once 'mixed.txt:1:1' 'measuring bad input'
run "$fileio" -n 20 --no-limits --no-dump --repeats 2 --quiet
expect 0 'measuring quietly'
[ -z "$out$err" ] || fail "measuring --quiet prints: $out$err"

# Whatever cannot be right is refused before anything is read: status 2, one sentence, nothing left behind.
refused() { # refused TEXT ARGUMENTS...
    local text=$1 before after
    shift
    before=$(ls)
    run timeout -k 5 30 "$fileio" "$@"
    after=$(ls)
    expect 2 "fileio $*"
    once "$text" "fileio $*"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "fileio $*: not one sentence: $err"
    [ -z "$out" ] || fail "fileio $*: prints although it refuses: $out"
    [ "$before" = "$after" ] || fail "fileio $*: leaves a file: $after"
}
mkdir work && mv rows.txt few.txt mixed.txt work && cd work
touch there.csv && mkdir a_folder.h5
sum=(--calculation sum)
refused "unknown option '--calculaton'" --calculaton sum
refused "unknown variant 'master'; choose from serial, openmp, master_worker" --variants master
refused "unknown calculation 'smu'; choose from wait" --calculation smu
refused "lorenz needs a number of steps" --calculation lorenz
refused "lorenz needs a number of steps" --calculation lorenz:0
refused "'many' is not a count" --calculation lorenz:many
refused "sum takes no parameter" --calculation sum:3
refused "'1 minute' is not a waiting time" --calculation 'wait:1 minute'
refused "'-1ms' is not a waiting time" --calculation wait:-1ms
refused '--on-error' --on-error ignore few.txt
refused '--workload' --workload odd
refused "'1.5' is not a count" --skip-header 1.5 few.txt
refused "'-1' is not a count" --block -1 few.txt
refused '--record-timeout' --record-timeout -1
refused '--elements is for generated input' -n 10 few.txt
refused '--resume needs --out' --resume few.txt
refused '--out needs input' --out r.h5
refused '--repeats is for measuring' --out r.h5 --repeats 3 few.txt
refused '--workload is for measuring' --out r.h5 --workload heavy few.txt
refused '--dump is for measuring' --out r.h5 --dump d.h5 few.txt
refused '--elements is for measuring' --out r.h5 -n 5
refused '--workload linear needs a calculation' -n 50 "${sum[@]}" --workload linear
refused 'r.txt: the name must end in .h5 or .csv' --out r.txt "${sum[@]}" few.txt
refused 'a_folder.h5: it is a folder' --out a_folder.h5 "${sum[@]}" few.txt
refused 'missing/r.h5' --out missing/r.h5 "${sum[@]}" few.txt
refused 'there.csv exists' --out there.csv "${sum[@]}" few.txt
refused 'no_such.txt' --out r.h5 "${sum[@]}" few.txt no_such.txt
refused 'no_such.txt' "${sum[@]}" no_such.txt
refused 'few.txt exists' --make-input few.txt
refused './none.so: there is no such file' --calculation ./none.so --out r.h5 few.txt
refused 'it cannot be loaded' --calculation ./few.txt --out r.h5 few.txt
refused 'it has no function calculate' --calculation "$broken" --out r.h5 few.txt
refused 'it has no function nowhere_to_be_seen' --calculation "$broken:nowhere_to_be_seen" --out r.h5 few.txt
refused 'no function without_shape_shape' --calculation "$broken:without_shape" --out r.h5 few.txt
refused 'newer_shape gives version 2' --calculation "$broken:newer" --out r.h5 few.txt
refused 'silent_shape gives no version' --calculation "$broken:silent"
[ ! -s there.csv ] || fail 'a refused run wrote there.csv'
# The same on ranks, where each sees it: once all the same.
for arguments in '--calculation smu few.txt --out r.h5' '--calculation ./none.so few.txt --out r.h5' \
    '--calculation sum no_such.txt --out r.h5' '--calculation sum few.txt --out there.csv'; do
    # shellcheck disable=SC2086 # arguments
    run timeout -k 5 30 mpirun --quiet -np 3 "$fileio" $arguments
    expect 2 "fileio $arguments on 3 ranks"
    once 'fileio: ' "fileio $arguments on 3 ranks"
done

# Delivering: the same bytes whatever the ranks and the blocks, in the order of the input.
tail -n 100 rows.txt >last.txt
reference() { # reference NAME ARGUMENTS...
    local name=$1
    shift
    run timeout -k 5 60 "$fileio" "$@" --out "$name"
    expect 0 "$name"
}
reference right.h5 --calculation lorenz:200 rows.txt last.txt
says out 'records in 3100 = done 3100 + rejected 0 + skipped 0' 'delivering'
says out 'results: right.h5' 'delivering'
reference right.csv --calculation lorenz:200 rows.txt last.txt
reference stats.h5 --calculation stats rows.txt last.txt
reference stats.csv --calculation stats rows.txt last.txt
[ "$(head -n 1 right.csv)" = file,line,result_1,result_2,result_3 ] || fail "another head: $(head -n 1 right.csv)"
sed 1d right.csv | cut -d , -f 1,2 | diff - <(seq 3000 | sed 's/^/rows.txt,/' && seq 100 | sed 's/^/last.txt,/') >&2 ||
    fail 'the records are not in the order of the input'
block=67
for ranks in 1 2 3 4; do
    for type in h5 csv; do
        block=$((block * 3 + 1))
        run timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation lorenz:200 rows.txt last.txt --block "$block" --out "r$ranks.$type"
        expect 0 "lorenz on $ranks ranks"
        cmp "right.$type" "r$ranks.$type" >&2 || fail "lorenz on $ranks ranks gives another .$type"
        run timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation stats rows.txt last.txt --block "$block" --out "s$ranks.$type"
        expect 0 "stats on $ranks ranks"
        cmp "stats.$type" "s$ranks.$type" >&2 || fail "stats on $ranks ranks give another .$type"
        says out 'records in 3100 = done 3100 + rejected 0 + skipped 0' "stats on $ranks ranks"
    done
done
run timeout -k 5 60 env OMP_NUM_THREADS=3 "$fileio" --calculation lorenz:200 rows.txt last.txt --block 500 --out threads.h5
cmp right.h5 threads.h5 >&2 || fail 'three threads give other results'
run timeout -k 5 60 env OMP_NUM_THREADS=2 mpirun -np 3 "$fileio" --calculation stats rows.txt last.txt --block 5000 --out threads.csv
cmp stats.csv threads.csv >&2 || fail 'two threads on each of three ranks give other statistics'
nothing_left() { # nothing_left WHAT
    local left
    left=$(find . -name '*.part' -o -name '*.journal')
    [ -z "$left" ] || fail "$1: left behind: $left"
}
nothing_left 'delivering'

run "$fileio" "${sum[@]}" rows.txt --out right.h5
expect 2 'results that are there'
once 'right.h5 exists' 'results that are there'
cmp right.h5 r4.h5 || fail 'results that were there are changed'
run "$fileio" "${sum[@]}" rows.txt --out r4.h5 --force --quiet
expect 0 'force'
[ -z "$out$err" ] || fail "--quiet prints: $out$err"
cmp -s right.h5 r4.h5 && fail '--force did not replace the results'
nothing_left '--force'
cp rows.txt input.csv
run timeout -k 5 30 "$fileio" "${sum[@]}" input.csv --out input.csv --force
expect 2 'results in place of the input'
cmp rows.txt input.csv >&2 || fail 'results in place of the input: it is gone'
run "$fileio" "${sum[@]}" rows.txt --out r4.h5 --resume
expect 0 'resume of a finished run'
cp r4.h5 done.h5
run "$fileio" --calculation stats rows.txt --out r4.h5 --resume
expect 2 'resume of another run where results are'
cmp done.h5 r4.h5 || fail 'resume of another run where results are: they are changed'
run "$fileio" "${sum[@]}" rows.txt --out r5.h5 --resume
expect 0 'resume of nothing'
cmp r4.h5 r5.h5 || fail 'resume of nothing gives other results'

# On a terminal, how far it is.
/usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
    timeout -k 5 30 mpirun -np 2 "$fileio" few.txt --calculation wait:20ms --block 67 --out terminal.csv </dev/null >terminal || fail 'on a terminal: does not run'
grep -qE '[0-9]+ records, .* k?records/s, .*B/s, 0 rejected, .* left' terminal || fail "no progress line on a terminal: $(cat terminal)"

# Bad records.
{ head -n 9 few.txt && printf ' 1 2 x3\n# none\n1 2\n' && tail -n +10 few.txt && echo '1,,2'; } >bad.txt
for ranks in 1 3; do
    run timeout -k 5 60 mpirun --quiet -np "$ranks" "$fileio" --calculation lorenz:5 bad.txt --out "stop$ranks.csv" --block 67
    expect 2 "stop on $ranks ranks"
    once "bad.txt:10:6: 'x3' is not a number" "stop on $ranks ranks"
    once 'fileio: ' "stop on $ranks ranks"
    [ ! -e "stop$ranks.csv" ] || fail "stop on $ranks ranks: results of a part of the input"
    run timeout -k 5 60 "$fileio" --calculation lorenz:5 bad.txt --out "stop$ranks.csv" --resume --on-error skip
    expect 0 "stop, then skip on $ranks ranks"
    says out 'records in 44 = done 40 + rejected 3 + skipped 1' "stop, then skip on $ranks ranks"
    says out ' records were already done' "stop, then skip on $ranks ranks"
done
for ranks in 1 2 3 4; do
    run timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation lorenz:5 bad.txt --out "skip$ranks.csv" --on-error skip --block $((40 * ranks))
    expect 0 "skip on $ranks ranks"
    says out 'records in 44 = done 40 + rejected 3 + skipped 1' "skip on $ranks ranks"
    says out "rejected: skip$ranks.csv.rejected" "skip on $ranks ranks"
    cmp stop1.csv "skip$ranks.csv" || fail "skip on $ranks ranks gives other results"
    cmp stop1.csv.rejected "skip$ranks.csv.rejected" || fail "skip on $ranks ranks rejects others"
done
cmp stop1.csv stop3.csv || fail 'stop, then skip: other results on three ranks'
diff skip1.csv.rejected - <<'LIST' >&2 || fail 'another list of rejected records'
bad.txt:10:6: 'x3' is not a number
bad.txt:12:1: 2 fields, but line 1 has 3; see --ragged, --lines-per-record
bad.txt:44:3: field 2 is empty; see --missing
LIST
nothing_left 'bad records'

# Libraries that misbehave at their 17th record, which is on line 19.
{ printf '# none\n\n' && seq 40 | sed 's/$/ 2 3/'; } >in.txt
for function in crashes overflows exits hangs; do
    for ranks in 1 3; do
        what="$function on $ranks ranks"
        run timeout -k 5 30 mpirun -np "$ranks" "$fileio" --calculation "$broken:$function" in.txt --columns 1 --out "$function.h5" --force --block 30 --record-timeout 1
        case $status in 0 | 124) fail "$what: exit status $status" ;; esac # 124: still there after 30 seconds
        once 'in.txt:19' "$what"
        once 'fileio: rank' "$what"
        grep -qE "^fileio: rank [0-$((ranks - 1))] on .*in\.txt:19" "$scratch/stderr" || fail "$what: no rank is named: $err"
        [ ! -e "$function.h5" ] || fail "$what: results under the final name"
    done
done
run timeout -k 5 30 "$fileio" --calculation "$broken:crashes" --columns 1 in.txt --out crashes.csv
once 'fileio: rank 0 on' 'crashes without mpirun'
once 'in.txt:19' 'crashes without mpirun'
run timeout -k 5 30 mpirun --quiet -np 2 "$fileio" --calculation "$broken:crashes" in.txt --no-limits --no-dump --repeats 3
case $status in 0 | 124) fail "crashes when measuring: exit status $status" ;; esac
once 'in.txt:19' 'crashes when measuring'
for ranks in 1 2 3; do
    run timeout -k 5 30 mpirun --quiet -np "$ranks" "$fileio" --calculation "$broken:throws_sometimes" in.txt --out "t$ranks.csv" --block 30
    expect 2 "throws on $ranks ranks"
    once 'fileio: in.txt:19:1: seventeen is too many' "throws on $ranks ranks"
    run timeout -k 5 30 "$fileio" --calculation "$broken:throws_sometimes" in.txt --out "t$ranks.csv" --resume --on-error skip
    expect 0 "throws, then skip, on $ranks ranks"
    says out 'records in 42 = done 39 + rejected 1 + skipped 2' "throws, then skip, on $ranks ranks"
    [ "$(cat "t$ranks.csv.rejected")" = 'in.txt:19:1: seventeen is too many' ] || fail "throws on $ranks ranks: rejected: $(cat "t$ranks.csv.rejected")"
done
# One that changes the working folder, or how numbers are rounded: neither other files nor other numbers.
mkdir wandering
for file in $(seq 12); do for _ in $(seq 10); do echo "0.3 0.7"; done >"wandering/$file.txt"; done
for function in 'wanders 50' 'rounds_up 200'; do # how long a block is: several in a file; rows that are read the quick way
    read -r function block <<<"$function"
    threads=2
    if [[ $function == wanders ]] && ! python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x200) != 0)'; then
        without 'threads that change the working folder: unshare() is forbidden here'
        threads=1
    fi
    for way in '1' '3' '1 --segments' '3 --segments'; do
        # shellcheck disable=SC2086 # words
        run timeout -k 5 30 mpirun --quiet -np ${way%% *} env OMP_NUM_THREADS="$threads" "$fileio" --calculation "$broken:$function" --block "$block" --out w.csv ${way#[13]} wandering
        expect 0 "$function, $way"
        [ -e w.csv ] || fail "$function, $way: no results here"
        [ "$(cut -d , -f 3 w.csv | sort | uniq -c | xargs)" = '120 0.3 1 result_1' ] || fail "$function, $way: $(head -n 5 w.csv)"
        rm -rf w.csv*
    done
done
# A time that is long enough ends nothing.
run timeout -k 5 30 mpirun -np 3 "$fileio" few.txt --calculation wait:5ms --record-timeout 10 --out timeout.csv
expect 0 'a sufficient --record-timeout'

# A full disk, played by a limit on file sizes: in the journal, early and late, and in the results. MPI's own files must
# be below it too. With Open MPI one process needs next to none, several 8 MiB; with MPICH even one does.
small=(8 32 48) large=(8192 4608) lines=100000 room=2400
if is_mpich; then
    small=() large=(8192) lines=400000 room=9000
    without 'no limits on file sizes below 8 MiB: MPICH itself exceeds them'
fi
reference sums.csv "${sum[@]}" rows.txt
reference sums.h5 "${sum[@]}" rows.txt
for type in csv h5; do
    for kib in "${small[@]}"; do
        what="$kib KiB for .$type"
        run env PMIX_MCA_gds=hash timeout -k 5 30 bash -c "ulimit -f $kib && exec \"\$@\"" - "$fileio" "${sum[@]}" rows.txt --block 5000 --out "full.$type"
        expect 2 "$what"
        once 'fileio: cannot write full' "$what"
        once 'fileio: ' "$what"
        [ ! -e "full.$type" ] || fail "$what: something under the final name"
        [ -z "$(find . -name '*.part')" ] || fail "$what: a .part file is left"
        run timeout -k 5 30 "$fileio" "${sum[@]}" rows.txt --out "full.$type" --resume
        expect 0 "$what, then enough"
        cmp "sums.$type" "full.$type" >&2 || fail "$what, then enough: other results"
        rm -f "full.$type"*
    done
done
run "$fileio" --make-input large.txt -n 450000
reference large.h5 "${sum[@]}" large.txt
for kib in "${large[@]}"; do
    run env PMIX_MCA_gds=hash timeout -k 5 60 mpirun --quiet -np 2 bash -c "ulimit -f $kib && exec \"\$@\"" - "$fileio" "${sum[@]}" large.txt --out full.h5
    expect 2 "$kib KiB on 2 ranks"
    once 'fileio: cannot write full.h5' "$kib KiB on 2 ranks"
    [ ! -e full.h5 ] || fail "$kib KiB on 2 ranks: something under the final name"
    run timeout -k 5 60 mpirun -np 3 "$fileio" "${sum[@]}" large.txt --out full.h5 --resume
    expect 0 "$kib KiB on 2 ranks, then enough on 3"
    says out ' records were already done' "$kib KiB on 2 ranks, then enough on 3"
    cmp large.h5 full.h5 >&2 || fail "$kib KiB on 2 ranks, then enough on 3: other results"
    rm -f full.h5*
done
rm -f ./*.journal # of the libraries
nothing_left 'a full disk'

# A run that could not write its results over older ones has not finished: going on writes them.
mkdir -p unfinished && cd unfinished
"$fileio" --make-input rows.txt -n "$lines"
echo older >r.csv
run bash -c "ulimit -f $room; PMIX_MCA_gds=hash '$fileio' rows.txt --calculation sum --out r.csv --force"
expect 2 'too little room for the results'
[ "$(cat r.csv)" = older ] || fail 'too little room: the older results are gone'
run "$fileio" rows.txt --calculation sum --out r.csv --force --resume
expect 0 'going on over older results'
[ "$(wc -l <r.csv)" -eq $((lines + 1)) ] || fail "going on over older results: $(wc -l <r.csv) lines"

# What was in flight when reading fails is kept.
head -n 3 rows.txt >three.txt
gzip -c rows.txt >whole.gz
head -c 3000 whole.gz >cut.gz
run timeout 60 mpirun -np 2 "$fileio" three.txt cut.gz --block 4000 --calculation wait:300ms --out f.csv
expect 2 'a damaged file behind a whole one'
[ "$(stat -c %s f.csv.journal)" -gt 600 ] || fail 'reading failed: nothing of the block in flight is kept'
cd ..

if [ -c /dev/full ]; then
    status=0
    "$fileio" --calculation sum few.txt --out full.csv >/dev/full 2>"$scratch/stderr" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 'a full standard output'
    once 'standard output' 'a full standard output'
    [ -s full.csv ] || fail 'a full standard output: the results are not there'
fi

# A reader that has gone ends the process: the input that was made for it goes before.
mkdir temporary
TMPDIR=$PWD/temporary "$fileio" -n 20 --repeats 1 --variants serial --no-dump 2>/dev/null | true || true
! compgen -G 'temporary/pacer-*' || fail 'a reader that has gone: the input that was made stays'

finish
