#!/usr/bin/env bash
# fileio --segments, where every rank reads for itself: the same bytes as without, and nothing done is lost.
# Usage: fileio_segments_test.sh BROKEN_CALCULATIONS [SEED]. Wants $BIN and $FAILING_CALLS, the library that tells calls.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
broken=$(realpath "$1") shim=$(realpath "${FAILING_CALLS:?the library that tells calls}")
seed=${2:-$((RANDOM * 32768 + RANDOM))}
echo "seed $seed"
RANDOM=$seed
export OMPI_MCA_odls_base_sigkill_timeout=0 # mpirun would give the ranks of a broken launch a second each time
cd "$scratch"

launch() { # launch RANKS ARGUMENTS...: to its end
    local count=$1
    shift
    run timeout -k 5 100 mpirun --quiet -np "$count" "$fileio" "$@"
}

# but_content FILE...: the bytes of each, or all datasets and attributes, but for the hash of the input that rank 0 makes
# where it reads all of it.
but_content() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import sys, h5py

def facts(path):
    if not path.endswith(".h5"):
        return [line for line in open(path, "rb") if not line.startswith(b"content: ")]
    with h5py.File(path, "r") as file:
        return ({name: (data.dtype.str, data.shape, data[()].tobytes() if data.dtype.kind != "O" else list(data)) for
                 name, data in file.items() if name != "statistics"},
                {name: {column: data[()].tobytes() for column, data in file["statistics"].items()} for name in file
                 if name == "statistics"},
                {name: str(value) for name, value in file.attrs.items() if name != "content"})

first, *others = map(facts, sys.argv[1:])
sys.exit(0 if all(other == first for other in others) else 1)
PYTHON
}
same() { # same WHAT EXPECTED GOT
    local more
    for more in '' .rejected .run; do
        [ -e "$2$more" ] || [ -e "$3$more" ] || continue
        but_content "$2$more" "$3$more" || fail "$1: other content in $3$more"
    done
}

nothing_left() { # nothing_left WHAT
    local left
    left=$(find . -name '*.part' -o -name '*.journal' -o -name '*.journal.d')
    [ -z "$left" ] || fail "$1: left behind: $left"
}

# The input: plain and compressed files, lines of all kinds, bad ones among them.
mkdir data stars
"$fileio" --make-input rows.txt -n 1000
{
    echo 'x y z' && for i in $(seq 200); do echo "# comment $i"; done && head -n 450 rows.txt && echo 'bad 1' &&
        sed -n 451,600p rows.txt && printf '# none\n1,,2\n1 2 3\r\n\r\n'
} >data/a.txt
sed -n 601,800p rows.txt | gzip >data/b.gz
{ sed -n 801,990p rows.txt && echo '1 2 x' && sed -n 991,999p rows.txt && sed -n 1000p rows.txt | tr -d '\n'; } >data/c.txt
: >data/empty.txt
printf '# no record\n\n' >data/none.txt
for i in $(seq 30); do sed -n "${i}p" rows.txt >"data/z$i.txt"; done
{
    printf '# made by\nname,x,"y, z",flag\n' &&
        for i in $(seq 400); do echo "\"star, $i\",$i,$((i * i)),$((i % 3))"; done && printf 'a,NA,3,v\nb,1,,u\n'
} >stars/a.csv
printf '# made by\nname,x,"y, z",flag\nlast,1,2,z' >stars/b.csv
words=(--skip-header 1 --header --id 'name,flag' --columns 'x,"y, z"' --missing 'NA,empty' stars)

equal() { # equal WHAT ARGUMENTS...: to what is written without --segments, on any number of ranks and in any blocks
    local what=$1 type count block
    shift
    for type in h5 csv; do
        run "$fileio" "$@" --out "expected.$type"
        expect 0 "$what"
        for count in 1 2 3 4; do
            block=()
            [ "$count" -eq 3 ] || block=(--block $((67 + 233 * (count % 2))))
            launch "$count" "$@" --segments "${block[@]}" --out "r.$type"
            expect 0 "$what, $type, $count ranks"
            same "$what, $type, $count ranks" "expected.$type" "r.$type"
            nothing_left "$what"
            rm -f r.*
        done
        rm -f expected.*
    done
}
equal 'files of all kinds' --calculation lorenz:10 --on-error skip data
equal 'words' --calculation sum "${words[@]}"
equal 'a summary' --calculation stats --on-error skip data
equal 'a compressed file' --calculation sum data/b.gz
equal 'a file twice' --calculation sum rows.txt rows.txt

# Results that take more room than their text are written where they stay, once, as long as no record is rejected.
mkdir short
{ echo '# none' && seq 12000 && echo; } >short/a.txt
seq 300 | gzip >short/b.gz
seq 5000 >short/c.txt
equal 'many results' --calculation sum short
equal 'many results, and so many options that these take their place' --calculation sum \
    --missing "$(seq -s, 1000000 1009000)" short
sed '700s/.*/x/' short/c.txt >short/d.txt
equal 'many results, one of them bad' --calculation sum --on-error skip short
rm short/d.txt
cp "$shim" shim.so # LD_PRELOAD is a list, which blanks separate
calls_on() { # calls_on FILES ARGUMENTS...: the calls on such files, by 2 ranks
    rm -f calls && : >calls
    run timeout -k 5 60 mpirun --quiet -np 2 env LD_PRELOAD="$PWD/shim.so" FAILING_FILES="$1" FAILING_LOG="$PWD/calls" \
        "$fileio" --segments --block 9000 "${@:2}"
    expect 0 "calls on $1"
}
calls_on .h5.part --calculation sum --out "$PWD/r.h5" short
! grep -q write calls || fail "results in place: another file is written: $(sort calls | uniq -c)"
calls_on /r.h5 --calculation sum --out "$PWD/r.h5" --force short
[ "$(grep -c pwrite calls)" -gt 2 ] || fail "results in place: no calls are seen: $(sort calls | uniq -c)"
# Where that cannot be: the folder of the journal is on another file system, here said by a link.
if shm=$(mktemp -d -p /dev/shm 2>/dev/null); then
    ln -s "$shm/r.h5" linked.h5
    launch 2 --segments --calculation sum --out linked.h5 short
    expect 0 'a link to another file system'
    but_content r.h5 "$shm/r.h5" || fail 'a link to another file system: other results'
    rm -rf "$shm" linked.h5
else
    echo 'skipped: a link to another file system: /dev/shm cannot be written to'
fi
rm -f r.h5
nothing_left 'a link to another file system'

# What it says is what it says without.
sayings() { # sayings ARGUMENTS...: as long as they do not tell the time
    sed -E 's/^.* by [0-9]+ ranks?: .*//; s/[0-9]+ records? (are|is) kept/N are kept/' "$scratch/stdout" "$scratch/stderr"
}
for arguments in '--calculation sum data' '--calculation sum --skip-header 1 data' \
    '--calculation sum --on-error skip data' '--calculation lorenz:1 --on-error skip --max-rejected 1 data'; do
    # shellcheck disable=SC2086 # words
    run "$fileio" $arguments --out r.csv
    expected=$(sayings) was=$status
    rm -rf r.csv*
    for count in 1 2 4; do
        # shellcheck disable=SC2086 # words
        launch "$count" $arguments --segments --block 200 --out r.csv
        expect "$was" "$arguments on $count ranks"
        [ "$(sayings)" = "$expected" ] || fail "$arguments on $count ranks: says $(sayings), not $expected"
        rm -rf r.csv*
    done
done

# Refused, with one sentence.
refused() { # refused TEXT ARGUMENTS...
    local text=$1
    shift
    launch 2 "$@"
    expect 2 "fileio $*"
    once "$text" "fileio $*"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "fileio $*: not one sentence: $err"
}
refused '--segments needs --out' --segments --calculation sum data
refused 'leave it out for standard input' --segments --calculation sum --out r.csv -
refused '--segments needs records of one line' --segments --calculation sum --lines-per-record 2 --out r.csv data
refused '/proc/self/statm has more text than its size, 0 bytes, says' --segments --calculation sum --out r.csv data/c.txt /proc/self/statm --on-error skip
rm -rf r.csv*
mkfifo pipe
refused 'pipe can be read only from front to back, by one rank: leave out --segments' --segments --calculation sum --out r.csv pipe
rm -rf pipe r.csv*

# A bad record ends the run, and what is done counts, by its content; in the other way it is not gone on with.
resumed() { # resumed WHAT
    "$fileio" --calculation sum --on-error skip --out expected.csv changing >/dev/null
    launch $((1 + RANDOM % 4)) --calculation sum --on-error skip --segments --block 100 --out r.csv --resume changing
    expect 0 "$1"
    same "$1" expected.csv r.csv
    nothing_left "$1"
    rm -f expected.csv*
}
cut_short() {
    rm -rf r.csv*
    launch 3 --calculation sum --segments --block 100 --out r.csv changing
    expect 2 'a bad line'
    says err 'changing/c.txt:900:1: ' 'a bad line'
    says err 'records are kept in r.csv.journal: the same command with --resume continues' 'a bad line'
}
mkdir changing
seq 1000 | sed 's/$/ 2/' >changing/a.txt
seq 1000 | sed 's/$/ 3/; 900s/.*/x 3/' >changing/c.txt
cut_short
refused 'r.csv.journal belongs to a different run: segments is yes there, and missing here' --calculation sum --out r.csv --resume changing
refused 'r.csv.journal is left from an unfinished run' --calculation sum --out r.csv changing
refused 'r.csv.journal is left from an unfinished run' --calculation sum --segments --out r.csv changing
refused 'calculation is sum there, and lorenz:1 here' --calculation lorenz:1 --segments --out r.csv --resume changing
mv r.csv.journal away
refused 'r.csv.journal.d is left from an unfinished run, whose r.csv.journal is missing' --calculation sum --segments --out r.csv --resume changing
mv away r.csv.journal
resumed 'the bad line left out'
says out ' records were already done' 'the bad line left out'
cut_short
cp changing/a.txt old
sed -i '7s/7/8/' changing/a.txt
touch -r old changing/a.txt # as rsync -t leaves it
sed -i '900s/x/9/' changing/c.txt
seq 5 >changing/b.txt
resumed 'a change that neither size nor time tells, a file added, a line corrected'
says err ' again: changing/a.txt' 'a change'
sed -i '900s/9/x/' changing/c.txt
cut_short
rm changing/b.txt
seq 3 >>changing/c.txt
resumed 'a file removed, lines added'
says err '5 records are left out, whose files are no longer there' 'a file removed'
sed -i '1001,$d' changing/c.txt
# Two ways to be in a log without a whole session: never flushed, which is cut off, and flushed, which is damage.
cut_short
log=$(find r.csv.journal.d -type f -size +3k | head -n 1)
cp "$log" whole
truncate -s -100 "$log"
resumed 'a log cut at its end'
cut_short
log=$(find r.csv.journal.d -type f -size +3k | head -n 1)
printf X | dd of="$log" bs=1 seek=1000 conv=notrunc status=none
refused "$log is damaged at byte" --calculation sum --segments --out r.csv --resume changing
refused "$log is damaged at byte" --calculation sum --segments --out r.csv --resume changing
launch 2 --calculation sum --on-error skip --segments --out r.csv --force changing
expect 0 'started over'
nothing_left 'started over'
# And the other way round.
rm -f r.csv*
launch 2 --calculation sum --out r.csv changing
expect 2 'a bad line, without --segments'
refused 'r.csv.journal belongs to a different run: segments is yes here, and missing there' --calculation sum --segments --out r.csv --resume changing
rm -f r.csv*

# Lines that two sessions did, since neither saw the other, count once, as the first one did them.
cat >mine.sh <<'SCRIPT'
#!/bin/sh
while read -r line; do if [ -n "$line" ]; then cat answer; else echo; fi; done
SCRIPT
chmod +x mine.sh
{ seq 200 && echo x; } >doubled.txt
doubled=(--calculation exec:./mine.sh --segments --block 50 doubled.txt)
for other in 1 2; do
    for answer in 1 "$other"; do
        echo "$answer" >answer
        rm -rf "r$answer.csv"*
        launch 2 "${doubled[@]}" --out "r$answer.csv"
        expect 2 'a bad line'
    done
    cp "r$other.csv.journal.d/1-1" r1.csv.journal.d/2-1
    echo 3 >answer
    launch 3 "${doubled[@]}" --out r1.csv --resume --on-error skip
    expect 0 "two sessions, $other"
    says out '200 records were already done' "two sessions, $other"
    [ "$(cut -d, -f3 r1.csv | sort -u | paste -sd,)" = 1,result_1 ] || fail "two sessions, $other: $(cut -d, -f3 r1.csv | sort | uniq -c)"
    if [ "$other" = 2 ]; then
        once 'warning: 200 records, first from byte 0 of doubled.txt on, were calculated by two sessions with different results' 'two sessions'
    else
        [ -z "$err" ] || fail "two sessions of the same results: $err"
    fi
done
rm -rf r[12].csv* answer

# A last line that may have been cut is said by the run that ends, though an earlier one had done it.
{ seq 300 && printf 3.1; } >open.txt
printf 3.1 >alone.txt # there is no line that has a newline
printf '1\nx\n' >bad.txt
launch 2 --calculation sum --segments --block 50 --out r.csv alone.txt open.txt bad.txt
expect 2 'a bad line behind a last one that may have been cut'
[[ $err != *'may have been cut'* ]] || fail "a run that does not end says what may have been cut: $err"
launch 3 --calculation sum --segments --block 50 --out r.csv alone.txt open.txt bad.txt --resume --on-error skip
expect 0 'a last line that may have been cut, resumed'
says out '303 records were already done' 'a last line that may have been cut, resumed'
once 'warning: open.txt:301 is the last line and has no newline: it may have been cut' 'a last line that may have been cut, resumed'
rm -f r.csv*
cp open.txt open2.txt
launch 2 --calculation sum --segments --block 50 --out r.csv alone.txt open.txt rows.txt open2.txt
expect 0 'two last lines that may have been cut'
once 'warning: open.txt:301 is the last line and has no newline: it may have been cut; so may 1 other file' 'two last lines that may have been cut'
rm -f r.csv*

# A rank that does not see the file, or sees another one.
mkdir here there
cp rows.txt here/in.txt
for there in nothing other; do
    [ "$there" = nothing ] || cp old there/in.txt
    arguments=("$fileio" --calculation sum --segments --out "$PWD/r.csv" in.txt)
    run timeout -k 5 60 mpirun --quiet -np 1 --wdir "$PWD/here" "${arguments[@]}" : -np 1 --wdir "$PWD/there" "${arguments[@]}"
    expect 2 "a rank that sees $there"
    once "fileio: rank 1 on $(hostname): in.txt is not there, or is not what rank 0 sees (" "a rank that sees $there"
    says err '): put the same file there on every node, or leave out --segments and have rank 0 read it' "a rank that sees $there"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "a rank that sees $there: not one sentence: $err"
    rm -rf r.csv*
done

# Killed, and gone on with by other ranks. A record that ends the program is left out.
gone() { # gone PID...: they end in seconds
    local pid tries=1500 state
    for pid; do
        while state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) && [ "${state:0:1}" != Z ]; do
            ((tries-- > 0)) || return 1
            sleep 0.02
        done
    done
}
"$fileio" --calculation wait:3ms --on-error skip --out expected.h5 data >/dev/null
caught=0
for number in $(seq 8); do
    count=$((1 + RANDOM % 4)) what="killed trial $number of seed $seed"
    mpirun --quiet -np "$count" "$fileio" --calculation wait:3ms --on-error skip --segments --out r.h5 data >out 2>err </dev/null &
    launcher=$!
    for _ in $(seq 200); do
        ranks=$(ranks_of "$launcher" -x fileio)
        [ "$(wc -w <<<"$ranks")" -lt "$count" ] || break
        sleep 0.01
    done
    # Until a log has a piece; then a while.
    for _ in $(seq 2000); do
        [ -z "$(find r.h5.journal.d -type f -size +1500c 2>/dev/null)" ] || break
        kill -0 "$launcher" 2>/dev/null || break
        sleep 0.01
    done
    sleep "0.$((100 + RANDOM % 300))"
    victims=$(shuf -n 1 --random-source=<(yes "$RANDOM") <<<"$ranks")
    [ $((number % 3)) -ne 0 ] || victims="$ranks $launcher"
    signal=KILL
    [ $((number % 4)) -ne 1 ] || signal=TERM
    # shellcheck disable=SC2086 # ids
    kill "-$signal" $victims 2>/dev/null || true
    # shellcheck disable=SC2086 # ids
    gone $ranks || {
        fail "$what: hangs: $(cat err)"
        kill -KILL $ranks 2>/dev/null || true
    }
    # Open MPI 4.1's own mpirun hangs when a rank is killed just as it connects.
    gone "$launcher" || kill -KILL "$launcher" || true
    { wait "$launcher"; } 2>/dev/null || true
    launch $((1 + RANDOM % 4)) --calculation wait:3ms --on-error skip --segments --out r.h5 --resume data
    expect 0 "$what, then resumed"
    same "$what, then resumed" expected.h5 r.h5
    nothing_left "$what"
    ! grep -q '[1-9][0-9]* records were already done' "$scratch/stdout" || caught=$((caught + 1))
    rm -rf r.h5*
done
echo "8 runs were killed, $caught of them in the middle"
[ "$caught" -ge 1 ] || fail 'no run was killed in the middle'

# What is refused before anything is done leaves nothing, so the corrected command is not in its own way.
launch 2 --segments --header --columns nope --calculation sum --out r.csv stars/a.csv
expect 2 'a column that is not there'
nothing_left 'a column that is not there'

# Logs whose journal is missing, or is of another run, are nobody's results.
seq 2000 >count.txt
timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --segments --calculation wait:5ms --deadline 2 --out r.csv count.txt >out 2>err || true
[ -n "$(find r.csv.journal.d -type f -size +1500c)" ] || fail "a deadline: nothing is kept: $(cat err)"
mv r.csv.journal kept.log
for way in '' --segments; do
    # shellcheck disable=SC2086 # a word, or none
    launch 2 $way --calculation wait:5ms --out r.csv count.txt
    expect 2 "a journal that is missing $way"
    once 'r.csv.journal.d is left from an unfinished run' "a journal that is missing $way"
done
mv r.csv.journal.d kept.d
timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --segments --calculation wait:6ms --deadline 2 --out r.csv count.txt >out 2>err || true
rm -rf r.csv.journal.d
mv kept.d r.csv.journal.d
launch 2 --segments --calculation wait:6ms --resume --out r.csv count.txt
expect 2 'logs of another run'
once 'is of a run with other options: start over with --force' 'logs of another run'
[ ! -e r.csv ] || fail 'logs of another run: results'
rm -rf r.csv* kept.log

# A record that ends the program, behind a segment's start: its line is told as far as it is known, and it is left out.
cp "$broken" mine.so
{ seq 100 300 && echo 17 && seq 301 500; } >first.txt
crashing=(--calculation ./mine.so:crashes --segments --block 50 --out r.csv first.txt)
launch 3 "${crashing[@]}"
[ "$status" -ne 0 ] || fail 'a crash: exit status 0'
once 'the calculation crashed (invalid memory access, SIGSEGV) at first.txt (the line at byte ' 'a crash'
line=$(sed -nE 's/.* at first.txt \(the line at byte ([0-9]+) counted as ([0-9]+)\):([0-9]+);.*/\1 \2 \3/p' <<<"$err")
read -r byte as line <<<"$line"
[ "$(tail -c +$((byte + 1)) first.txt | sed -n "$((line - as + 1))p")" = 17 ] || fail "a crash: not at that line: $err"
launch 2 "${crashing[@]}" --resume --on-error skip
expect 0 'a crash, then resumed'
grep -q 'first.txt:202: ' r.csv.rejected || fail "a crash, then resumed: $(cat r.csv.rejected)"
nothing_left 'a crash, then resumed'

# A log that is to be removed in a moment is not sent to the disk: neither flushed nor, when it began, cut, for which ext4
# sends it when it is closed. If the results cannot be written, it is flushed.
# Where not even the first record can be read nothing is kept, whatever other threads have done behind it.
{ echo time x && seq 300 | sed 's/$/ 1/'; } >headed.txt
run timeout -k 5 60 env OMP_NUM_THREADS=3 "$fileio" --segments --calculation sum --out headed.csv headed.txt
expect 2 'a header'
run timeout -k 5 60 env OMP_NUM_THREADS=3 "$fileio" --segments --calculation sum --skip-header 1 --resume --out headed.csv headed.txt
expect 0 'a header that is skipped'
says out 'records in 301 = done 300 + rejected 0 + skipped 1' 'a header that is skipped'

sed 's/$/ 0 0 0 0 0 0 0 0 0 0 0 0 0 0/' <(seq 3000) >many.txt # much text for a result
watched() { # watched FILES CALL: calls on such files are told, and that one fails
    rm -f calls
    run timeout -k 5 60 mpirun --quiet -np 2 env LD_PRELOAD="$PWD/shim.so" FAILING_FILES="$1" FAILING_CALL="$2" FAILING_WITH=ENOSPC \
        FAILING_LOG="$PWD/calls" "$fileio" --calculation sum --segments --out "$PWD/r.h5" many.txt
}
calls() { grep -cx "$1" calls || true; }
watched /r.h5.journal.d/ 0
expect 0 'calls on logs'
[ "$(calls pwritev)" -gt 0 ] || fail 'calls on logs: none are seen'
[ "$(calls fdatasync) $(calls ftruncate)" = '0 0' ] || fail "calls on logs: $(sort calls | uniq -c)"
rm -f r.h5
watched .h5.part 0
rm -f r.h5
watched .h5.part "$(grep -nxm 1 fallocate calls | cut -d: -f1)" # by which rank 0 begins to lay out the results
expect 2 'results that cannot be written'
says err '3000 records are kept in ' 'results that cannot be written'
last=$(tail -c 64 r.h5.journal.d/1-1 | od -An -v -tu4 | tr '\n' ' ' | awk '{ print $2, $10 }') # what the last two entries are
[ "$last" = '6 0' ] || fail "results that cannot be written: the log ends with $last, not with its end and that it was flushed"
finish
