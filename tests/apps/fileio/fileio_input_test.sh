#!/usr/bin/env bash
# Every kind of input, through fileio, against what Python makes of the same bytes. Wants $BIN.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
reader=$(realpath "$(dirname "$0")/plain_reader.py")
cd "$scratch"

runs=0
# check WHAT SKIP_HEADER INPUT...: at some block sizes and numbers of ranks: right, and the same each time.
# $options go to all runs, $stdin is the standard input, $blocks are the sizes (0: as time tells).
options=() stdin=/dev/null blocks=(1 7 67 0)
check() {
    local what=$1 header=$2 block ranks first="" account extra
    shift 2
    cp "$stdin" stdin 2>/dev/null || true
    for block in "${blocks[@]}"; do
        runs=$((runs + 1))
        ranks=$((runs % 4 + 1))
        extra=(--skip-header "$header")
        [ "$block" -eq 0 ] || extra+=(--block "$block")
        status=0
        timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation sum --on-error skip "${extra[@]}" "${options[@]}" \
            --out "r.csv" "$@" >"$scratch/stdout" 2>"$scratch/stderr" <"$stdin" || status=$?
        err=$(cat "$scratch/stderr")
        if [ -z "$first" ]; then
            first=yes
            mv r.csv first.csv
            rm -f first.csv.rejected
            [ ! -e r.csv.rejected ] || mv r.csv.rejected first.csv.rejected
            account=$(/usr/bin/python3 "$reader" first.csv "$header" "$@") || fail "$what, block $block, $ranks ranks"
        else
            cmp first.csv r.csv >&2 || fail "$what: block $block, $ranks ranks give other results"
            if [ -e first.csv.rejected ] || [ -e r.csv.rejected ]; then
                cmp first.csv.rejected r.csv.rejected >&2 || fail "$what: block $block, $ranks ranks reject others"
            fi
        fi
        # A run that did nothing is not right.
        case $account in
        *' = done 0 '*) expect 1 "$what, block $block, $ranks ranks" ;;
        *) expect 0 "$what, block $block, $ranks ranks" ;;
        esac
        grep -qxF "$account" "$scratch/stdout" || fail "$what: not '$account' but $(cat "$scratch/stdout")"
        rm -f r.csv r.csv.rejected
    done
}

# refused TEXT WHAT ARGUMENTS...: status 2, one sentence, no results.
refused() {
    local text=$1 what=$2
    shift 2
    status=0
    timeout -k 5 60 "$fileio" --calculation sum --out refused.csv "$@" >"$scratch/stdout" 2>"$scratch/stderr" <"$stdin" || status=$?
    err=$(cat "$scratch/stderr")
    expect 2 "$what"
    once "$text" "$what"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "$what: not one sentence: $err"
    [ ! -e refused.csv ] || fail "$what: there are results"
    rm -f refused.csv.journal
}

# A tree of oddities.
mkdir -p tree/b/deep/er tree/B tree/.hidden tree/empty 'tree/a b' tree/b-1
"$fileio" --make-input tree/rows.txt -n 60
"$fileio" --make-input tree/b/deep/er/rows.txt -n 9 --seed 4
printf '1 2 3\n4 5 6' >tree/b/no_newline
printf '7' >tree/b/one_byte
printf '\n' >tree/b/one_newline
: >tree/b/nothing
printf '1 2 3\r\n\r\n4,5,6\r\n# no\r\n7\t8\r' >tree/crlf
printf '1 2\r3\n4 5\n' >tree/lone_cr
printf '# x\r1 2\r3 4\r' >tree/only_cr
printf '2.5 1.#INF 4.0\n1 2 3\n' >tree/inside_a_word
printf '1\t10\t30\n2\t\t60\n\t20\t90\n3\t20\t\n4\t5\t6\t\n7\t8\t9\t\t\n1\t2\t# x\n' >tree/empty_tabs
printf '1,5 2,25\n1.234,56 7\n1,5;2\n10 000\t5\n1;2;3\n1; 2;x\n;;\n1\t2 3\n\t1 2 3\n' >tree/two_ways
printf '1 2 3\n4 5 6\n7 8\n9 10 11 12\n' >tree/ragged
printf '2024.5-112 1\n1.5-112 1\n.5+100 1\n12.345-100 1\n-0.5+100 1\n5.71225-118.20171\n' >tree/touching
printf 'x\ty\n1\t2\t3\n\t4\t\t5\t6\t\n7 , 8,\t9\n1,2 3\n' >tree/a\ b/tabs
printf '1,,2\n1,\n,1\n,\n1,2\n' >'tree/a b/comma,in "name".csv'
printf '# all\n#\n   # of\n\t\n    \n1 2 # this\n3#that\n#\n' >tree/comments
printf '1.0D+00 2.5d1 -1D-3 +4\n1.0+100 .5 5. -0\n1e400 1\n1e-400 1\n-.5E+01\n+-1\n1e\n0x10\n1d5d\n10-20\nnan\ninf\n' >tree/numbers
printf '\303\244 1\n2 \303\244\n3\n' >tree/$'umlaut\303\244.txt'
printf '1 2\000 3\n4\n' >tree/zero_byte
printf '9 9 9\n' | tee tree/.hidden/x tree/.x tree/B/x tree/b.txt tree/b-1/x tree/b/x >tree/b/.y
seq -s ' ' 1 20000 >tree/long
seq 1 2 40001 | paste -sd , >>tree/long
printf '1 2 3\n' >>tree/long
seq 1 500 | gzip >tree/z.gz
{ seq 1 500 | gzip && printf '' | gzip && seq 501 700 | gzip -1; } >tree/z_members # told by content, not by name
ln -s rows.txt tree/link
ln -s .. tree/loop
ln -s . tree/around
ln -s b tree/a_link_before
ln -s b/deep tree/x_link_behind
mkdir elsewhere && printf '5 6\n' >elsewhere/x && ln -s ../elsewhere tree/to_elsewhere && mkfifo tree/pipe
if command -v zstd >/dev/null; then
    seq 1 300 | zstd -q >tree/z.zst
    { seq 1 30 | zstd -q && seq 31 40 | zstd -q; } >tree/z2.zst
else
    echo 'skipped: zstd is not installed, .zst files are not read'
fi
blocks=(1 2 3 7 66 67 68 1000 8192 0)
check 'a folder' 0 tree
[ "$(sed 1d first.csv | cut -d , -f 1 | grep -c hidden)" -eq 0 ] || fail 'a hidden folder is read'
grep -q to_elsewhere first.csv || fail 'a link to a folder is not followed'
once 'tree/.hidden (hidden) and 14 others are left out' 'a folder'
[ -s first.csv.rejected ] || fail 'a folder: nothing is rejected'
cp first.csv whole.csv && cp first.csv.rejected whole.rejected
blocks=(7 0)
blocks=(7 0)
options=(--ragged)
export ragged=yes
check 'a folder of ragged records' 0 tree
unset ragged
options=()
for header in 1 2 5 1000; do check "a folder without $header lines of header" "$header" tree; done
blocks=(1 67 0)
check 'files and folders' 0 tree/crlf tree/b tree/rows.txt tree/b tree/z.gz tree/.x
check 'a folder with / at its end' 0 tree/b/
check 'no more than empty files' 0 tree/b/nothing tree/empty tree/b/nothing
check 'an empty folder' 0 tree/empty
check 'a header longer than the file' 9 tree/b/no_newline tree/b/one_newline

# Where a bad record is bad, and why.
diff - <(grep -E '^tree/(a b|numbers|lone|uml|zero|crlf)' whole.rejected) <<'LIST' >&2 || fail 'another list of rejected records'
tree/a b/comma,in "name".csv:1:3: field 2 is empty; see --missing
tree/a b/comma,in "name".csv:2:3: field 2 is empty; see --trailing-separator, --missing
tree/a b/comma,in "name".csv:3:1: field 1 is empty; see --missing
tree/a b/comma,in "name".csv:4:1: field 1 is empty; see --missing
tree/a b/tabs:1:1: 'x' is not a number; if this line names the columns, see --header, and else --skip-header, --id, --columns
tree/a b/tabs:3:4: field 2 is empty; --separator blank treats tabs as blanks
tree/a b/tabs:5:4: commas and blanks both separate numbers; say which is meant with --decimal-comma or --separator
tree/crlf:5:1: 2 fields, but line 1 has 3; see --ragged, --lines-per-record
tree/lone_cr:1:4: a CR alone does not end a line here; convert line ends to LF: tr '\r' '\n'
tree/numbers:3:1: '1e400' is out of range
tree/numbers:4:1: 2 fields, but line 1 has 4; see --ragged, --lines-per-record
tree/numbers:5:1: 1 field, but line 1 has 4; see --ragged, --lines-per-record
tree/numbers:6:1: '+-1' is not a number
tree/numbers:7:1: '1e' is not a number
tree/numbers:8:1: '0x10' is not a number
tree/numbers:9:1: '1d5d' is not a number
tree/numbers:10:1: '10-20' is not a number
tree/numbers:11:1: 'nan' is not finite; see --missing
tree/numbers:12:1: 'inf' is not finite; see --missing
tree/umlautä.txt:1:1: byte 0xc3 is not text; if this line names the columns, see --header, and else --skip-header, --id, --columns
tree/umlautä.txt:2:3: byte 0xc3 is not text; if this line names the columns, see --header, and else --skip-header, --id, --columns
tree/zero_byte:1:4: byte 0x00 is not text; UTF-16 is made text by iconv -f UTF-16 -t UTF-8
LIST

# The results do not depend on where they go: a file in the folder that is read is not input.
cp -r tree tree2
run timeout -k 5 60 mpirun -np 2 "$fileio" --calculation sum --on-error skip tree2 --out tree2/b/r.csv
expect 0 'results into the folder that is read'
run timeout -k 5 60 mpirun -np 3 "$fileio" --calculation sum --on-error skip tree2 --out tree2/b/r.csv --force --block 100
expect 0 'results into the folder that is read, again'
sed 's/^tree2/tree/; s/^"tree2/"tree/' tree2/b/r.csv | cmp - whole.csv >&2 || fail 'results into the folder that is read: others'
sed 's/^tree2/tree/' tree2/b/r.csv.rejected | cmp - whole.rejected >&2 || fail 'results into the folder that is read: rejects others'

# Standard input: a file, a pipe, compressed, between files, empty, closed.
blocks=(7 0 0 67)
stdin=tree/rows.txt
check 'standard input' 0 -
check 'standard input without a header' 3 -
check 'standard input between files' 0 tree/b - tree/crlf
stdin=tree/z_members
check 'compressed standard input' 0 -
check 'compressed standard input without a header' 2 tree/b -
stdin=/dev/null
check 'an empty standard input' 0 -
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --out handed.csv <(seq 5)
# MPICH's launcher does hand it on, and gives up on a pipe that brings more than 64 KiB at once.
lines=100000
if is_mpich; then
    lines=10000
    expect 0 'what the shell makes of <()'
    [ "$(tail -n 1 handed.csv)" = '/dev/fd/63,5,5' ] || fail "what the shell makes of <(): other results: $(cat handed.csv)"
    without 'no pipe of more than 64 KiB: MPICH gives up on it'
else
    expect 2 'what the shell makes of <()'
    says err 'mpirun does not hand it on: pipe it to -' 'what the shell makes of <()'
fi
for ranks in 1 2 4; do
    piped=(timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation sum --out pipe.csv - --resume)
    said="records in $lines = done $lines + rejected 0 + skipped 0"
    seq "$lines" | "${piped[@]}" >"$scratch/stdout" 2>"$scratch/stderr" && status=0 || status=$?
    if grep orte_iof_hnp_read_local_handler "$scratch/stderr"; then # open-mpi/ompi#7483
        echo "Open MPI's launcher crashed while it handed on the pipe: the same command again"
        seq "$lines" | "${piped[@]}" >"$scratch/stdout" 2>"$scratch/stderr" && status=0 || status=$?
        ! grep -q 'complete already' "$scratch/stdout" || said="complete already: $lines records are done, 0 rejected"
    fi
    [ "$status" -eq 0 ] || fail "a pipe to $ranks ranks: $(<"$scratch/stderr")"
    sed 1d pipe.csv | cut -d , -f 3 | cmp - <(seq "$lines") >&2 || fail "a pipe to $ranks ranks: other results"
    says out "$said" "a pipe to $ranks ranks"
    rm pipe.csv
done
mkfifo fifo
seq 1000 >fifo &
run timeout -k 5 60 mpirun -np 2 "$fileio" --calculation sum --out fifo.csv fifo
expect 0 'a named pipe'
[ "$(wc -l <fifo.csv)" -eq 1001 ] || fail 'a named pipe: other results'
refused 'standard input can be read only once' 'standard input twice' - tree/b -
status=0
timeout -k 2 10 "$fileio" --calculation sum --out closed.csv - <&- >"$scratch/stdout" 2>"$scratch/stderr" || status=$?
[ "$status" -lt 124 ] || fail "a closed standard input: hangs, or is killed: $status"
run timeout -k 5 30 "$fileio" --calculation sum --no-limits --no-dump -
expect 2 'measuring standard input'
once 'standard input can be read only once' 'measuring standard input'

# What the kernel makes as it is read gives nothing but by its first read.
made=/proc/sys/kernel/pid_max
if [ -r "$made" ]; then
    "$fileio" --calculation sum --out made.csv "$made" >"$scratch/stdout"
    "$fileio" --calculation sum --out given.csv - <"$made" >"$scratch/stdout"
    for results in made.csv given.csv; do
        [ "$(sed -n '2s/.*,//p' "$results")" = "$(cat "$made")" ] || fail "$made: $(cat "$results")"
    done
else
    without "there is no $made to read"
fi

# Results do not replace input, by whatever name and in whatever folder it is.
mkdir mine
printf '1 2\n' >mine/x.txt
printf '3 4\n' >mine/a.csv
for more in '' --segments; do
    for inputs in mine mine/. "$PWD/mine" mine/a.csv "mine/x.txt mine/../mine/a.csv"; do
        # shellcheck disable=SC2086 # words
        run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --force --out mine/a.csv $more $inputs
        expect 2 "results over $inputs $more"
        once 'choose another --out' "results over $inputs $more"
        [ "$(cat mine/a.csv)" = '3 4' ] || fail "results over $inputs $more: they are"
    done
done
for more in '' --force; do # but earlier ones
    # shellcheck disable=SC2086 # one word or none
    run timeout -k 5 60 "$fileio" --calculation sum --out mine/b.csv $more mine
    expect 0 "results in the input's folder $more"
    [ "$(wc -l <mine/b.csv)" -eq 3 ] || fail "results in the input's folder $more: $(cat mine/b.csv)"
done
run timeout -k 5 60 "$fileio" --calculation sum --out '' mine
expect 2 'results without a name'
once '--out needs a file name' 'results without a name'
for more in '' --force --resume --segments; do
    # shellcheck disable=SC2086 # one word or none
    run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --out mine/x.txt/r.csv $more mine
    expect 2 "results in a file $more"
    once 'cannot write mine/x.txt/r.csv: Not a directory; choose another folder' "results in a file $more"
done

# What could be read in two ways ends a run, and a sentence says how to settle it.
stdin=/dev/null
# settled SUMS TEXT OPTIONS...: the sums of the records of a file of that text.
settled() {
    local sums=$1
    # shellcheck disable=SC2059 # escapes are meant
    printf "$2" >settle.txt
    shift 2
    runs=$((runs + 1))
    run timeout -k 5 60 mpirun --quiet -np $((runs % 3 + 1)) "$fileio" --calculation sum --block 5 --out settled.csv "$@" settle.txt
    expect 0 "$sums by $*"
    [ "$(sed 1d settled.csv | cut -d , -f 3 | xargs)" = "$sums" ] || fail "$*: not $sums: $(cat settled.csv)"
    rm -f settled.csv
}
# ambiguous TEXT_OF_FILE SENTENCE
ambiguous() {
    # shellcheck disable=SC2059 # escapes are meant
    printf "$1" >ambiguous.txt
    refused "$2" "$2" ambiguous.txt
    once 'ambiguous.txt:' "$2"
}
ambiguous '1,5 2,25\n' 'commas and blanks both separate numbers; say which is meant with --decimal-comma or --separator'
settled '3.75 7.75' '1,5 2,25\n3,0 4,75\n' --decimal-comma
settled '1241.56' '1234,56 7\n' --separator blank --decimal-comma
ambiguous '1\t10\t30\n2\t\t60\n' 'ambiguous.txt:2:3: field 2 is empty; --separator blank'
settled '3 7' '1\t\t2\n3\t4\n' --separator blank
ambiguous '1,5;2,5\n' "'5;2' is not a number; see --separator semicolon, --decimal-comma"
settled '4 8' '1,5;2,5\n3,5;4,5\n' --separator semicolon --decimal-comma
ambiguous '1 2 3\n# no\n4 5 6\n7 8\n9 10 11 12\n' 'ambiguous.txt:4:1: 2 fields, but line 1 has 3; see --ragged, --lines-per-record'
settled '3 7' '1;2\n3;4\n' --separator semicolon
settled '6 15 15 42' '1 2 3\n4 5 6\n7 8\n9 10 11 12\n' --ragged
settled '36 36' 'x\n1 2 3\n4 5 6\n7 8\n8 7 6\n5 4 3\n2 1\n' --lines-per-record 3 --skip-header 1
settled '10 26' '# c\n\n1 2 3\n4\n5 6 7\n8\n' --lines-per-record 2
printf '1 2 3\n4\n5 6 7\n8 9 10\n11\n12 13 14\n' >step.txt
refused 'step.txt:3:1: the record'"'s lines have 3, 3 fields, unlike those of the record at line 1; it is no longer known where records begin" \
    'a line is missing' --on-error skip --lines-per-record 2 --block 1 step.txt
once '; correct it; ' 'a line is missing'
settled '5 50' '1 2 3 4\n10 20 30 40\n' --columns 4,1
ambiguous '# x y\r1 2\r3 4\r' 'a CR alone does not end a line here; convert line ends to LF'
printf 'x,y\r1,2\r3,4\r' >cr_names.txt
refused 'cr_names.txt:1, the names of columns by --header: a CR alone' 'names of columns by CR' --header --columns y cr_names.txt
printf '# x y\r1 2\r3 4\r' | gzip >cr.gz
refused 'cr.gz:1:6: a CR alone' 'a compressed file of CR' cr.gz
refused 'cr.gz:1:6: a CR alone' 'a compressed file of CR as a header' --skip-header 1 cr.gz
{ printf 'x\r' && seq -s "$(printf '\r')" 10000000; } >cr_large
refused 'convert them to LF' 'a large file of CR' cr_large
rm cr_large

# Said once, whatever the blocks and ranks, and nothing of it is in the way.
# notes SENTENCE WHAT ARGUMENTS...
notes() {
    local sentence=$1 what=$2
    shift 2
    run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --block 9 --out notes.csv "$@"
    expect 0 "$what"
    once "$sentence" "$what"
    [ "$(wc -l <"$scratch/stderr")" -eq 1 ] || fail "$what: more is said: $err"
    rm notes.csv
    run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --no-limits --no-dump --repeats 2 --quiet "$@"
    expect 0 "measuring $what"
    once "$sentence" "measuring $what"
}
quiet() {
    run timeout -k 5 60 "$fileio" --out quiet.csv "$@"
    expect 0 "$*"
    [ -z "$err" ] || fail "$* says: $err"
    rm quiet.csv
}
mkdir split && split -l 10 -d tree/rows.txt split/part
notes 'warning: split/part00:1 is skipped as a header, but looks like a record' 'a header that is a record' \
    --calculation sum --skip-header 1 split
printf '1237648720693756123,1,2,3,4\n1237648720693756124,5,6,7,8\n' >ids.csv
notes 'has a whole number beyond 2^53' 'digits that are lost' --calculation sum ids.csv
quiet --calculation sum --columns 2,3,4,5 ids.csv
printf '1 2\n3 -9999.0\n5 6\n' >holes.txt
printf '1 2\n3 -9999.0\n5 9.96921e+36\n' >netcdf.txt
notes 'holes.txt:2 has -9999, which often stands for a missing value; if it does, --missing -9999' 'a usual placeholder' \
    --calculation sum holes.txt
quiet --columns 1 --missing=-9999 --calculation stats holes.txt
notes 'netcdf.txt:3 has 9.96921e+36, which often stands' 'a placeholder of netCDF' --calculation stats --missing -9999 netcdf.txt
printf '1,2,3,1237648720693756123\n' >ids_last.csv
notes 'it gets columns 1 to 3, and column 4 is ignored' 'digits that nobody looks at' --calculation lorenz:1 ids_last.csv
printf '1,2,3,4,5\n6,7,8,9,10\n' >five.csv
notes 'lorenz:1 uses 3 of the 5 numbers of a record: it gets columns 1 to 3, and columns 4, 5 are ignored; choose others with --columns' \
    'columns that are left over' --calculation lorenz:1 five.csv
notes 'it gets columns 1, 5, 3, and column 2 is ignored' 'columns in no order' --calculation lorenz:1 --columns 1,5,3,2 five.csv
notes 'it gets columns 5, 1, 2, and column 3 is ignored' 'chosen columns that are left over' --calculation lorenz:1 --columns 5,1,2,3 five.csv
quiet --calculation lorenz:1 --columns 2,3,4 five.csv
quiet --calculation stats five.csv
printf '12,5\n13,25\n' >decimal.txt
notes 'warning: decimal.txt:1 is read as several numbers' 'a number with a comma' --calculation sum decimal.txt
quiet --calculation sum --separator comma decimal.txt
printf '10\n7\n12,5\n' >decimal_later.txt
notes 'warning: decimal_later.txt:3 is read as several numbers' 'a number with a comma further down' \
    --calculation sum --ragged decimal_later.txt
refused 'decimal_later.txt:3:1: 2 fields, but line 1 has 1; see --decimal-comma, --ragged' \
    'a number with a comma further down' decimal_later.txt
printf '1 2\n3 4\n12,5\n' >decimal_later.txt
notes 'warning: decimal_later.txt:3 is read as several numbers' 'commas instead of blanks' --calculation sum decimal_later.txt
printf '0.5,2\n12,5\n' >commas.txt
quiet --calculation sum commas.txt
printf '1.234,56\n1.234,57\n' >thousands.txt
refused 'thousands.txt:1 looks like 1.234,56, which may be one number or two' 'points between thousands' --on-error skip thousands.txt
settled '57.234' '1.234,56\n' --separator comma
quiet --calculation sum --decimal-comma decimal.txt
printf '1 234,56\n2 345,67\n' >blanks.txt
notes 'warning: blanks.txt:1 is read as several numbers; leave out blanks between thousands if 1 234,5 is one number' \
    'blanks between thousands' --calculation sum --decimal-comma blanks.txt
quiet --calculation sum --decimal-comma --separator blank blanks.txt
printf '2.5\n3.25\n3.1' >cut.txt
notes 'warning: cut.txt:3 is the last line and has no newline: it may have been cut' 'a last line that may have been cut' \
    --calculation sum cut.txt
{ cat cut.txt && echo; } >whole.txt
quiet --calculation sum whole.txt
gzip -k cut.txt
quiet --calculation sum cut.txt.gz
mkdir cuts && cp cut.txt cuts/2.txt
notes 'warning: cut.txt:3 is the last line and has no newline: it may have been cut; so may 1 other file' 'two last lines that may have been cut' \
    --calculation sum cut.txt whole.txt cuts
cp cut.txt cuts/3.txt
notes 'it may have been cut; so may 2 other files' 'three last lines that may have been cut' --calculation sum cut.txt cut.txt.gz cuts
printf '1 2 3 4 5\n' >other_five.csv && printf '1 2 3\n' >three.txt
notes 'warning: records have 5 numbers in five.csv, and 3 in three.txt' 'files of other columns' --calculation sum five.csv other_five.csv three.txt
printf '1\n' >one_number
mkdir odd && printf '1\n' >odd/a && mkfifo odd/pipe && ln -s . odd/self
notes 'odd/pipe (a pipe) and 1 other are left out' 'what a folder leaves out' --calculation sum odd
notes 'warning: one_number is given twice, and its records count twice' 'a file named twice' --calculation sum one_number one_number
mkdir one other && printf '1\n' >other/x && ln -s ../other one/to_other
notes 'other/x (the same file as another) is left out' 'a link from one input to the next' --calculation sum one other
notes 'one/to_other (the same folder as another) is left out' 'a link from one input to the one before' --calculation sum other one

# Nothing done is nothing right.
nothing() { # nothing SENTENCE WHAT ARGUMENTS...
    local sentence=$1 what=$2
    shift 2
    run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --on-error skip --out nothing.csv "$@"
    expect 1 "$what"
    once "fileio: $sentence" "$what"
    rm -f nothing.csv*
    run timeout -k 5 60 "$fileio" --calculation sum --on-error skip --no-limits --no-dump "$@"
    expect 1 "measuring $what"
    once "fileio: $sentence" "measuring $what"
}
printf 'x\ny z\n' >words
printf 'x\n' >$'a\\n\n\t b'
run "$fileio" --calculation sum --on-error skip --out names.csv $'a\\n\n\t b' five.csv
expect 0 'a name of several lines'
grep -qxF 'a\\n\n\x09 b:1:1: '"'x' is not a number" <(sed 's/; if.*//' names.csv.rejected) || fail "a name of several lines: $(cat names.csv.rejected)"
[ "$(wc -l <names.csv.rejected)" -eq 1 ] || fail "a name of several lines: $(cat names.csv.rejected)"
printf 'INF 1\n1 2\n' >infinite
refused "infinite:1:1: 'INF' is not finite; see --missing; correct it" 'a first word that is not finite' infinite
printf '# x\n\n' >comments
nothing 'the input has no records, so nothing was done' 'an empty folder' tree/empty
nothing 'the input has no records, so nothing was done' 'a file of comments' comments
nothing 'the input has no records, so nothing was done' 'a header only' --skip-header 9 comments
nothing 'all 2 records were rejected, so nothing was done' 'every record rejected' words
printf '# x\n3\n1 2 3\n4 5 6\n7 8 9\n' >stray
nothing '3 of 4 records were rejected because their number of fields differs from that of the first record of their file, stray:2, which may be a stray line' \
    'a stray first line' stray
quiet --calculation sum --on-error skip --max-rejected 3 stray
rm -f quiet.csv.rejected
printf '1\n2\n3\nx\ny\n' >some_words
nothing '2 of 5 records were rejected, more than --max-rejected 1 allows' 'too many rejected' --max-rejected 1 some_words
nothing '2 of 5 records were rejected, more than --max-rejected 39.9% allows' 'too many per cent' --max-rejected 39.9% some_words
quiet --calculation sum --on-error skip --max-rejected 2 some_words
rm -f quiet.csv.rejected
quiet --calculation sum --on-error skip --max-rejected 40% some_words
rm -f quiet.csv.rejected
{ seq 71 && seq -f 'x%g' 29; } >hundred
quiet --calculation sum --on-error skip --max-rejected 29% hundred
rm -f quiet.csv.rejected
quiet --calculation sum --on-error skip --max-rejected 100% words
rm -f quiet.csv.rejected
printf '1 2\n' >two.txt
refused 'two.txt:1:1: 2 of the 3 fields that lorenz:1 needs; see --lines-per-record; correct it' 'too few fields' \
    --calculation lorenz:1 two.txt
refused 'two.txt:1:1: 2 of the 3 fields that lorenz:1 needs; correct it' 'too few columns' --calculation lorenz:1 --columns 1,2 two.txt
refused 'two.txt:1:1: there is no column 3 among 2 fields' 'a column that is not there' --columns 1,3 two.txt
refused "'many' is not a count" 'no number' --max-rejected many words
refused '0% to 100%' 'too many per cent to be' --max-rejected 101% words
refused '--max-rejected needs --on-error skip' 'none is rejected' --max-rejected 2 five.csv
refused '--columns 1,,2: a column is missing' 'no column' --columns 1,,2 five.csv
refused '--columns 1,: a column is missing' 'no column' --columns 1, five.csv
refused '--columns 0: columns count from 1' 'column 0' --columns 0 five.csv
refused 'contradict' 'a comma twice' --decimal-comma --separator comma five.csv
refused '--lines-per-record must be at least 1' 'no lines' --lines-per-record 0 five.csv

# Gone on with, records are still measured by the first of their file, and in its format.
{ seq -f '%g 1' 1000 && echo '1 2 3' && seq -f '%g 2' 1000; } >resumed.txt
run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --calculation sum --block 70 --out resumed.csv resumed.txt
expect 2 'a ragged record'
once 'resumed.txt:1001:1: 3 fields, but line 1 has 2' 'a ragged record'
run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --calculation sum --resume --columns 1,2 --out resumed.csv resumed.txt
expect 2 'other columns'
once 'belongs to a different run: columns is all there, and 1,2 here' 'other columns'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --resume --out resumed.csv resumed.txt
expect 2 'a ragged record, again'
once 'resumed.txt:1001:1: 3 fields, but line 1 has 2' 'a ragged record, again'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --resume --ragged --out resumed.csv resumed.txt
expect 2 'a ragged record, allowed too late'
once 'belongs to a different run: ragged is no there, and yes here' 'a ragged record, allowed too late'

# Damaged and unreadable.
head -c 700 tree/z.gz >cut.gz
{ cat tree/z.gz && head -c 20 tree/z.gz; } >cut_second.gz
{ head -c 300 tree/z.gz && printf 'xxxxxxxx' && tail -c +309 tree/z.gz; } >flipped.gz
head -c 12 tree/z.gz >short.gz
for name in cut cut_second flipped short; do
    refused "$name.gz" "$name.gz" "$name.gz"
    run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --calculation sum --out refused.csv tree/b "$name.gz"
    expect 2 "$name.gz on 3 ranks"
    once "fileio: cannot read $name.gz: " "$name.gz on 3 ranks"
    [ ! -e refused.csv ] || fail "$name.gz on 3 ranks: there are results"
    rm -f refused.csv.journal
done
if command -v zstd >/dev/null; then
    head -c 100 tree/z.zst >cut.zst
    refused 'cut.zst' 'cut.zst' cut.zst
fi
stdin=cut.gz
refused 'standard input' 'a cut standard input' -
stdin=/dev/null
refused "cannot read gone" 'a file that is not there' tree gone
refused "empty" 'an empty name' ''
ln -s gone dangling
refused 'cannot read dangling: it is a link to gone, which is not there' 'a link to nothing' dangling
mkdir dangles && ln -s ../dangling dangles/x
refused 'cannot read dangles/x: it is a link to dangles/../gone, which is not there' 'links to nothing in a folder' dangles
if [ "$(id -u)" -ne 0 ]; then # who is root may read everything
    cp tree/rows.txt secret && chmod 0 secret
    refused 'cannot read secret' 'a file without permission' secret
fi
head -c 70000000 /dev/zero | tr '\0' '1' >one_line
refused 'one_line: line 1 is longer than' 'a line of 70 MB' one_line
rm one_line

# Larger ones.
"$fileio" --make-input large.txt -n 200000
blocks=(1000 100001 0 0)
check 'a larger file' 0 large.txt
gzip -1 -c large.txt >large.gz
check 'a larger file, compressed' 0 large.gz
options=(--memory 1M)
check 'little memory' 0 large.txt

echo "$runs runs"
finish
