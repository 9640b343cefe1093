#!/usr/bin/env bash
# Calculations by programs (--calculation exec:). Usage: fileio_exec_test.sh EXAMPLES. Wants $BIN.
# shellcheck disable=SC2016 # awk expands what is in single quotes
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun would give the ranks of a broken launch a second each time
examples=$(realpath "$1")
cd "$scratch"
seq -f '%g 2' 3000 >in.txt
awk='NF { print $1 * $2 } !NF { print ""; fflush() }'
echo "$awk" >mine.awk
# mawk would wait for more input than there is.
mawk=
if [[ $(awk -W version 2>&1 </dev/null || true) == *mawk* ]]; then mawk=' -W interactive'; fi

# deliver RANKS OUT ARGUMENTS...
deliver() {
    local ranks=$1 out=$2
    shift 2
    run timeout -k 5 60 mpirun --quiet -np "$ranks" "$fileio" --out "$out" "$@"
}
for ranks in 1 2 4; do
    for block in 100 0; do
        deliver "$ranks" awk.csv --calculation "exec:awk$mawk '$awk'" --block "$block" in.txt
        expect 0 "awk on $ranks ranks, block $block"
        sed 1d awk.csv | cut -d , -f 3 | cmp - <(seq 2 2 6000) >&2 || fail "awk on $ranks ranks, block $block: other results"
        says out 'records in 3000 = done 3000 + rejected 0 + skipped 0' "awk on $ranks ranks"
        rm awk.csv
    done
done
run timeout -k 5 60 env OMP_NUM_THREADS=2 mpirun --quiet -np 2 "$fileio" --calculation "exec:awk$mawk -f mine.awk" --out threads.csv in.txt
expect 0 'two threads'
sed 1d threads.csv | cut -d , -f 3 | cmp - <(seq 2 2 6000) >&2 || fail 'two threads: other results'
run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --calculation "exec:awk$mawk -f mine.awk" --no-limits --no-dump --repeats 2 in.txt
expect 0 'measuring a program'
[ "$(grep -c ' verified$' <<<"$out")" -eq 7 ] || fail "measuring a program: not seven verified variants: $out"

# What it gets: the line as it is, or the chosen fields; comments and blank lines are passed over.
cat >echo.sh <<'SHELL'
while IFS= read -r line; do
    [ -z "$line" ] || echo "$line" >>seen
    [ -z "$line" ] && echo || echo 1 2
done
SHELL
printf '\xef\xbb\xbf1.50, 2 # x\r\n\n# no\n3e0,4\n' >shape.txt
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:2:sh echo.sh' --out shape.csv shape.txt
expect 0 'lines as they are'
diff - seen <<<$'1.50, 2 # x\n3e0,4' >&2 || fail 'lines as they are: others'
[ "$(head -n 2 shape.csv | tail -n 1)" = shape.txt,1,1,2 ] || fail "two results: $(cat shape.csv)"
rm seen
printf 'a,1.50,NA\nb,3e0,4\n' >shape.txt
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:2:sh echo.sh' --id 1 --columns 3,2 --missing NA --out chosen.csv shape.txt
expect 0 'chosen fields'
diff - seen <<<$'nan 1.5\n4 3' >&2 || fail 'chosen fields: others'
[ "$(tail -n 1 chosen.csv)" = shape.txt,2,b,1,2 ] || fail "an identifier: $(cat chosen.csv)"

# And the numbers as the options say that they are to be read.
rm seen
printf 'a 1001 -9999\nb 1002 4\n' >shape.txt
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:2:sh echo.sh' --id 1 --missing -9999 --out id.csv shape.txt
expect 0 'without its identifier'
diff - seen <<<$'1001 nan\n1002 4' >&2 || fail 'without its identifier: others'
rm seen
printf '1,5;2\n' >shape.txt
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:2:sh echo.sh' --decimal-comma --out comma.csv shape.txt
expect 0 'decimal commas'
rm shape.txt
printf '12345678\n' >shape.txt
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:2:sh echo.sh' --width 4,4 --out width.csv shape.txt
expect 0 'fixed columns'
diff - seen <<<$'1.5 2\n1234 5678' >&2 || fail 'decimal commas and fixed columns: others'

# It may reject records, and speaks on standard error.
reject='NF && $1 == 7 { print "reject: seven is too many"; print "seven!" >"/dev/stderr"; next } '$awk
deliver 2 reject.csv --calculation "exec:awk$mawk '$reject'" --on-error skip in.txt
expect 0 'rejecting'
[ "$(cat reject.csv.rejected)" = 'in.txt:7:1: seven is too many' ] || fail "rejecting: $(cat reject.csv.rejected)"
once "in.txt:1-" 'standard error'
once ': seven!' 'standard error'

# More than its pipes hold, without a word in between: reading and writing go side by side.
seq 400000 >many.txt
deliver 2 many.csv --calculation "exec:awk$mawk 'NF { kept[n++] = \$1 } !NF { for (i = 0; i < n; ++i) print kept[i]; print \"\"; fflush(); n = 0 }'" --block 900000 many.txt
expect 0 'more than a pipe holds'
sed 1d many.csv | cut -d , -f 3 | cmp - many.txt >&2 || fail 'more than a pipe holds: other results'
deliver 2 chatty.csv --calculation "exec:awk$mawk 'NF { print; fflush() } !NF { print \"\"; fflush() }'" --block 900000 many.txt
expect 0 'an answer to each line at once'

# Whatever it does wrong ends the run, with the block named.
wrong() { # wrong SENTENCE AWK
    local ranks
    for ranks in 1 3; do
        deliver "$ranks" wrong.csv --calculation "exec:awk$mawk '$2'" --block 100 --record-timeout 3 in.txt
        case $status in 0 | 124) fail "$1 on $ranks ranks: exit status $status" ;; esac # 124: it hangs
        once "$1" "$1 on $ranks ranks"
        [ ! -e wrong.csv ] || fail "$1 on $ranks ranks: there are results"
        rm -f wrong.csv.journal
    done
}
wrong "it ended (exit status 3) before it answered line 7" '$1 == 7 { exit 3 } '"$awk"
wrong 'it ended (exit status 0) before' 'NR == 7 { exit } '"$awk"
wrong "with more than" 'NF { print $1; print $1 } !NF { print ""; fflush() }'
wrong "lines only" 'NF && $1 != 5 { print $1 } !NF { print ""; fflush() }'
wrong "with more than" '{ print $1 + $2; fflush() }'
wrong "answers line 5 with 'five', where one number" '$1 == 5 { print "five"; next } '"$awk"
wrong "answers line 5 with '1 2', where one number" '$1 == 5 { print 1, 2; next } '"$awk"
wrong 'takes longer than the 3 s of --record-timeout' '$1 == 5 { fflush(); system("sleep 20") } '"$awk"
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:cat >/dev/null' --record-timeout 1 --out silent.csv in.txt
case $status in 0 | 124) fail "a silent program: exit status $status" ;; esac
once 'in.txt:1 takes longer than the 1 s of --record-timeout' 'a silent program'
# What it has started goes with it.
echo "while :; do sleep 0.1; done # $scratch" >busy.sh
run timeout -k 5 30 env OMP_NUM_THREADS=1 "$fileio" --calculation 'exec:sh busy.sh; true' --record-timeout 1 --out busy.csv in.txt
expect 1 'a busy program'
launcher=''
"$fileio" --calculation "exec:sh '$scratch/busy.sh'; true" --out busy.csv in.txt >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
launcher=$!
started() { pgrep -f "^sh $scratch/busy.sh" >/dev/null; }
for _ in $(seq 100); do ! started || break; sleep 0.1; done
started || fail 'a busy program does not start'
kill -KILL "$launcher"
wait "$launcher" || true
for _ in $(seq 50); do started || break; sleep 0.1; done
! started || fail 'a busy program goes on when all others are gone'
rm busy.*
rm -f silent.csv.journal
run timeout -k 5 30 "$fileio" --calculation 'exec:./no_such_program' --out no.csv in.txt
case $status in 0 | 124) fail "no such program: exit status $status" ;; esac
once 'it ended (exit status 127)' 'no such program'
rm -f no.csv.journal

# After the repair the work goes on; another program is another run.
deliver 2 resumed.csv --calculation "exec:awk$mawk -f mine.awk" --block 100 --on-error stop <(cat in.txt; echo x) 2>/dev/null || true
{ cat in.txt && echo x; } >bad.txt
deliver 2 resumed.csv --calculation "exec:awk$mawk -f mine.awk" --block 100 bad.txt --force
expect 2 'a bad record behind many'
echo "# changed" >>mine.awk
deliver 2 resumed.csv --calculation "exec:awk$mawk -f mine.awk" --resume --on-error skip bad.txt
expect 2 'another program'
once 'belongs to a different run: calculation is' 'another program'
echo "$awk" >mine.awk
deliver 3 resumed.csv --calculation "exec:awk$mawk -f mine.awk" --resume --on-error skip bad.txt
expect 0 'resumed'
sed 1d resumed.csv | cut -d , -f 3 | cmp - <(seq 2 2 6000) >&2 || fail 'resumed: other results'
says out ' records were already done' 'resumed'

# A record at which the program dies, or which takes too long, is left out when the run is resumed: that one alone.
passed_over() { # passed_over WHAT REASON AWK
    local ranks
    for ranks in 1 3; do
        work=(--calculation "exec:awk$mawk '$3'" --block 100 --on-error skip --record-timeout 2 in.txt)
        deliver "$ranks" poison.csv "${work[@]}"
        case $status in 0 | 124) fail "$1 on $ranks ranks: exit status $status" ;; esac
        once 'poison.csv.journal: the same command with --resume continues, and with --on-error skip leaves out such a record' "$1 on $ranks ranks"
        deliver $((4 - ranks)) poison.csv "${work[@]}" --resume
        expect 0 "$1 on $ranks ranks, resumed"
        says out 'records in 3000 = done 2999 + rejected 1 + skipped 0' "$1 on $ranks ranks, resumed"
        grep -qE "^in.txt:7: 'awk.*$2" poison.csv.rejected || fail "$1 on $ranks ranks, resumed: $(cat poison.csv.rejected)"
        sed 1d poison.csv | cut -d , -f 3 | cmp - <(seq 2 2 6000 | sed 7d) >&2 || fail "$1 on $ranks ranks, resumed: other results"
        rm -f poison.csv*
    done
}
passed_over 'a program that dies at a record' 'it ended .exit status 3. before it answered line 7' 'NF && $1 == 7 { exit 3 } '"$awk"
passed_over 'a program that answers at the end of a block, and dies' 'it ended' 'NF && $1 == 7 { exit 3 } NF { kept[n++] = $1 * $2 } !NF { for (i = 0; i < n; ++i) print kept[i]; print ""; fflush(); n = 0 }'
passed_over 'a record that takes too long' 'it takes longer than the 2 s of --record-timeout' '$1 == 7 { fflush(); system("sleep 20") } '"$awk"
# A program that does not work at all says nothing of the records.
head -n 50 in.txt >few.txt
deliver 2 none.csv --calculation 'exec:exit 9' --on-error skip few.txt
deliver 2 none.csv --calculation 'exec:exit 9' --on-error skip few.txt --resume
case $status in 0 | 124) fail "a program that never works, resumed: exit status $status" ;; esac
once 'it ended (exit status 9) before it answered line' 'a program that never works, resumed'
rm -f none.csv.journal

# Refused before anything is done.
run "$fileio" --calculation exec: --out r.csv in.txt
expect 2 'no command'
once "write exec:'python3 mine.py'" 'no command'
run "$fileio" --calculation exec:5000:x --out r.csv in.txt
expect 2 'too many results'
printf 'print(1)\n' >mine.py
for name in mine.py ./mine.py; do
    run "$fileio" --calculation "$name" --out r.csv in.txt
    expect 2 "$name"
    once "--calculation exec:'python3 $name'" "$name"
done
printf 'int x;\n' >mine.c
run "$fileio" --calculation ./mine.c --out r.csv in.txt
expect 2 'a source text'
once 'compile it by gcc -O2 -shared -fPIC ./mine.c -o mine.so' 'a source text'

if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
    deliver 2 numpy.csv --calculation "exec:/usr/bin/python3 '$examples/mine.py'" --block 5000 in.txt
    expect 0 'numpy'
    /usr/bin/python3 - <<'PYTHON' || fail 'numpy: other results'
rows = [line.rstrip("\n").split(",") for line in open("numpy.csv")][1:]
assert len(rows) == 3000
for row in rows:
    x = float(row[1])
    assert abs(float(row[2]) - (x * x + 4) ** 0.5) < 1e-9 * x, row
PYTHON
else
    echo 'skipped: numpy is not installed, examples/mine.py is not run'
fi
[ -z "$(find . -name '*.part' -o -name '*.journal')" ] || fail "left behind: $(ls)"

finish
