#!/usr/bin/env bash
# Every kind of input, through fileio, against what Python makes of the same bytes. Wants $BIN.
set -euo pipefail
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

fileio=$BIN/fileio
cd "$scratch"

# check.py RESULTS.csv SKIP_HEADER INPUT...: the results of `sum --on-error skip` and the list beside them are
# what comes out here, where the input is walked, cut and parsed anew, in the plainest way.
cat >check.py <<'PYTHON'
import csv, gzip, os, re, subprocess, sys

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?\Z")
NO_LETTER = re.compile(rb"([+-]?(?:\d+\.\d*|\.\d+))([+-]\d{3})\Z")  # Fortran's 1.0+100


def walk(path, named=True):
    if not os.path.isdir(path) or os.path.islink(path) and not named:
        if os.path.isfile(path) or named:
            yield path
        return
    for name in sorted(os.listdir(os.fsencode(path))):
        if not name.startswith(b"."):
            yield from walk(os.path.join(path, os.fsdecode(name)), False)


def content(path):
    if path == "-":
        path = "stdin"  # a copy
    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    return data


def number(word):
    word = NO_LETTER.sub(rb"\1E\2", word)
    if not NUMBER.match(word):
        raise ValueError(word)
    value = float(re.sub(rb"[dD]", b"e", word))
    if value in (float("inf"), float("-inf")):
        raise ValueError(word)
    return value


def total(line):
    """The sum of a record, None of no record; ValueError."""
    text = line.rstrip(b"\n")
    text = (text[:-1] if text.endswith(b"\r") else text).split(b"#")[0].strip(b" \t")
    if not text:
        return None
    value = 0.0
    for field in re.split(rb"[ \t]*,[ \t]*|[ \t]+", text):
        value += number(field)
    return value


results, skip_header, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
done, rejected, skipped = [], [], 0
for path in (file for name in inputs for file in walk(name)):
    name = "standard input" if path == "-" else path
    for index, line in enumerate(re.findall(rb"[^\n]*\n|[^\n]+\Z", content(path))):
        if index < skip_header:
            skipped += 1
            continue
        try:
            value = total(line)
        except ValueError:
            rejected.append((name, index + 1))
            continue
        if value is None:
            skipped += 1
        else:
            done.append((name, index + 1, value))

with open(results, newline="", encoding="utf-8", errors="surrogateescape") as file:
    rows = list(csv.reader(file))
assert rows[0] == ["file", "line", "result_1"], rows[0]
got = [(name, int(line), float(value)) for name, line, value in rows[1:]]
for here, there in zip(got, done):
    assert here == there, f"{here}, not {there}"
assert len(got) == len(done), f"{len(got)} records, not {len(done)}"
listed = []
if os.path.exists(results + ".rejected"):
    with open(results + ".rejected", encoding="utf-8", errors="surrogateescape") as file:
        listed = [(m[1], int(m[2])) for m in (re.match(r"(.*?):(\d+):(\d+: | )\S", line) for line in file)]
assert listed == rejected, f"rejected {listed}, not {rejected}"
print(f"records in {len(done) + len(rejected) + skipped} = done {len(done)} + rejected {len(rejected)} + skipped {skipped}")
PYTHON

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
        expect 0 "$what, block $block, $ranks ranks"
        if [ -z "$first" ]; then
            first=yes
            mv r.csv first.csv
            rm -f first.csv.rejected
            [ ! -e r.csv.rejected ] || mv r.csv.rejected first.csv.rejected
            account=$(/usr/bin/python3 check.py first.csv "$header" "$@") || fail "$what, block $block, $ranks ranks"
        else
            cmp first.csv r.csv >&2 || fail "$what: block $block, $ranks ranks give other results"
            if [ -e first.csv.rejected ] || [ -e r.csv.rejected ]; then
                cmp first.csv.rejected r.csv.rejected >&2 || fail "$what: block $block, $ranks ranks reject others"
            fi
        fi
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
printf '1 2\r3\n' >tree/lone_cr
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
if command -v zstd >/dev/null; then
    seq 1 300 | zstd -q >tree/z.zst
    { seq 1 30 | zstd -q && seq 31 40 | zstd -q; } >tree/z2.zst
else
    echo 'skipped: zstd is not installed, .zst files are not read'
fi
blocks=(1 2 3 7 66 67 68 1000 8192 0)
check 'a folder' 0 tree
[ "$(sed 1d first.csv | cut -d , -f 1 | grep -c hidden)" -eq 0 ] || fail 'a hidden folder is read'
[ -s first.csv.rejected ] || fail 'a folder: nothing is rejected'
cp first.csv whole.csv && cp first.csv.rejected whole.rejected
blocks=(7 0)
for header in 1 2 5 1000; do check "a folder without $header lines of header" "$header" tree; done
blocks=(1 67 0)
check 'files and folders' 0 tree/crlf tree/b tree/rows.txt tree/b tree/z.gz tree/.x
check 'a folder with / at its end' 0 tree/b/
check 'no more than empty files' 0 tree/b/nothing tree/empty tree/b/nothing
check 'an empty folder' 0 tree/empty
check 'a header longer than the file' 9 tree/b/no_newline tree/b/one_newline

# Where a bad record is bad, and why.
diff - <(grep -E '^tree/(a b|numbers|lone|uml|zero|crlf)' whole.rejected) <<'LIST' >&2 || fail 'another list of rejected records'
tree/a b/comma,in "name".csv:1:3: field 2 is empty
tree/a b/comma,in "name".csv:2:3: field 2 is empty
tree/a b/comma,in "name".csv:3:1: field 1 is empty
tree/a b/comma,in "name".csv:4:1: field 1 is empty
tree/a b/tabs:1:1: 'x' is not a number
tree/lone_cr:1:4: byte 0x0d is not text
tree/numbers:3:1: '1e400' is out of range
tree/numbers:6:1: '+-1' is not a number
tree/numbers:7:1: '1e' is not a number
tree/numbers:8:1: '0x10' is not a number
tree/numbers:9:1: '1d5d' is not a number
tree/numbers:10:1: '10-20' is not a number
tree/numbers:11:1: 'nan' is not finite
tree/numbers:12:1: 'inf' is not finite
tree/umlautä.txt:1:1: byte 0xc3 is not text
tree/umlautä.txt:2:3: byte 0xc3 is not text
tree/zero_byte:1:4: byte 0x00 is not text
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
for ranks in 1 2 4; do
    seq 100000 | timeout -k 5 60 mpirun -np "$ranks" "$fileio" --calculation sum --out pipe.csv - >"$scratch/stdout" || fail "a pipe to $ranks ranks"
    sed 1d pipe.csv | cut -d , -f 3 | cmp - <(seq 100000) >&2 || fail "a pipe to $ranks ranks: other results"
    says out 'records in 100000 = done 100000 + rejected 0 + skipped 0' "a pipe to $ranks ranks"
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
refused 'cannot read dangling' 'a link to nothing' dangling
mkdir dangles && ln -s gone dangles/x
refused 'cannot read dangles/x' 'a link to nothing in a folder' dangles
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
