#!/usr/bin/env bash
# timings merge, compare and noise on launches whose truth is known: what they say, and how they end.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_compare_test.sh build/release/tests/make_launches
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
timings=$(realpath "${BIN:?the folder of the programs}")/timings
make_launches=$(realpath "${1:?the program make_launches}")
[[ -x $timings && -x $make_launches ]] || { echo "timings or make_launches is missing: build first" && exit 1; }
mkdir "$scratch/here"
cd "$scratch/here"

# ends_with STATUS ARGUMENT...: runs timings; a refusal is one line on stderr, all else leaves nothing there.
ends_with() {
    local wanted=$1
    shift
    what="timings $*"
    run timeout 60 "$timings" "$@"
    expect "$wanted" "$what"
    if ((wanted == 2)); then
        [[ $err == "timings: "* && $err != *$'\n'* ]] || fail "$what: not one line on stderr: $err"
        [[ -z $out ]] || fail "$what: refused, but printed $out"
    else
        [[ -z $err ]] || fail "$what: $err"
    fi
}
prints() { says out "$1" "$what"; }
warns() { says err "$1" "$what"; }
launches() { "$make_launches" "$@"; }

# 10 launches that differ by 1 % each, four cases in each
seed=0
make() { launches "$1" --cases 4 --seed $((++seed)) "${@:2}"; }
make base.h5
make same.h5
make slow.h5 --slower 1.10 --slow-cases 1 --commit bbbb
make fast.h5 --slower 0.90 --slow-cases 1
make few.h5 --launches 5 --slower 1.10 --slow-cases 1
make fresh.h5 --launches 5 --slower 1.10 --slow-cases 1
make wild.h5 --launches 6 --between 0.3
make one.h5 --launches 1
make wrong.h5 --wrong simd
make fewer.h5 --cases 3
make other.h5 --app fileio
make sized.h5 --elements 5

# compare: verdicts and exit statuses
ends_with 0 compare base.h5 same.h5
prints '4 cases: 4 equivalent.'
! grep -q differs <<<"$out" || fail "$what: sees differences between alike sides: $out"
ends_with 1 compare base.h5 slow.h5
prints 'differs  commit: aaaa -> bbbb'
prints 'differs  environment PART: aaaa -> bbbb'
for varying in seed load start_time; do
    ! grep -q "differs  $varying" <<<"$out" || fail "$what: takes $varying for a difference"
done
grep -qE '^reduce/serial 1 x 1 .* 1\.(09|10|11)[0-9] .* REGRESSED$' <<<"$out" || fail "$what: $out"
prints '1 REGRESSED (reduce/serial 1 x 1: 1.'
[[ $out != *$'\e'* ]] || fail "$what: colours in a pipe"
ends_with 0 compare base.h5 fast.h5
prints '1 IMPROVED (reduce/serial 1 x 1: 0.'
ends_with 0 compare base.h5 slow.h5 --margin 15%
ends_with 0 compare base.h5 slow.h5 --margin 0.15
ends_with 1 compare base.h5 slow.h5 --margin '5 %'
ends_with 0 compare base.h5 slow.h5 --only reduce/simd
ends_with 1 compare base.h5 slow.h5 --only reduce/simd,/serial --only /mpi
prints '3 cases'
ends_with 3 compare base.h5 wild.h5
prints 'inconclusive: needs'
make one_more.h5 --launches 1
for sides in 'base.h5 one.h5' 'one.h5 base.h5' 'one.h5 one_more.h5'; do
    # shellcheck disable=SC2086 # two words
    ends_with 3 compare $sides
    prints 'one launch cannot be compared'
done
ends_with 1 compare base.h5 wrong.h5
prints 'FAILED: answers wrong or never checked in 10 of 10 new launches'
ends_with 4 compare base.h5 fewer.h5
prints 'MISSING: not in the new launches'
ends_with 0 compare base.h5 fewer.h5 --allow-missing
ends_with 4 compare base.h5 sized.h5 # another problem is another case
ends_with 2 compare base.h5 sized.h5 --allow-missing
warns 'no case was run on both sides'
ends_with 2 compare base.h5 other.h5
warns 'the baseline is of reduce, the new launches are of fileio'

# compare: fresh launches
ends_with 3 compare base.h5 few.h5
prints 'slower, but one of 4 cases: confirm it with fresh launches'
ends_with 1 compare base.h5 few.h5 --confirm fresh.h5
prints 'REGRESSED: confirmed by 5 fresh launches'
ends_with 0 compare base.h5 few.h5 --confirm same.h5
prints 'not confirmed by 10 fresh launches'
ends_with 3 compare base.h5 few.h5 --confirm one.h5
ends_with 2 compare base.h5 few.h5 --confirm few.h5
warns '--confirm wants fresh launches'
make other_build.h5 --launches 5 --slower 1.10 --slow-cases 1 --commit cccc
ends_with 2 compare base.h5 few.h5 --confirm other_build.h5
warns '--confirm wants fresh launches of the same build as the new ones (reduce: cccc, not aaaa)'

# compare: not the same tests
ends_with 2 compare base.h5 base.h5
warns '10 launches are on both sides, such as '
make other_hardware.h5 --slower 1.10 --cpu-model Xeon
ends_with 4 compare base.h5 other_hardware.h5
prints 'NOT THE SAME TESTS  other hardware: cpu_model: AMD EPYC -> Xeon'
ends_with 1 compare base.h5 other_hardware.h5 --allow-other-hardware
make quick.h5 --launches 1
for number in 1 2 3 4 5 6 7; do make "quick$number.h5" --launches 1; done
"$timings" merge --quick all_quick.h5 quick?.h5 >"$scratch/merged"
ends_with 4 compare base.h5 all_quick.h5
prints 'NOT THE SAME TESTS  quick launches against a full baseline'
/usr/bin/python3 -c '
import h5py
assert all(h5py.File("all_quick.h5")["launches"]["quick"] == 1)' || fail "merge --quick does not mark launches.quick"
for refused in 'merge mixed.h5 all_quick.h5 quick.h5' 'noise all_quick.h5 quick.h5' 'compare base.h5 --to all_quick.h5 quick.h5' \
    'summary all_quick.h5 quick.h5' 'report -o mixed.html all_quick.h5 quick.h5' 'plot all_quick.h5 quick.h5' 'nodes all_quick.h5 quick.h5'; do
    # shellcheck disable=SC2086 # words
    ends_with 2 $refused
    warns '7 of 8 launches are of a quick suite'
done

# compare: expected differences
printf '%s\n' '# what we know of' '' 'reduce/serial | the older compiler | 2999-12-31' >expected
ends_with 0 compare base.h5 slow.h5 --expect expected
prints 'expected: slower, until 2999-12-31: the older compiler'
sed -i 's/2999/2001/' expected
ends_with 1 compare base.h5 slow.h5 --expect expected
prints 'expected  reduce/serial (the older compiler): expected until 2001-12-31, and no longer'
for line in 'reduce/serial' 'reduce/serial | 2999-12-31' 'reduce/serial | why | soon' '| why | 2999-12-31' 'a | b | 2999-12-31 | c'; do
    printf '# one\n%s\n' "$line" >unreadable
    ends_with 2 compare base.h5 slow.h5 --expect unreadable
    warns 'unreadable, line 2: give CASE | REASON | YYYY-MM-DD'
done
ends_with 2 compare base.h5 slow.h5 --expect missing
warns 'cannot read missing: No such file'
ends_with 1 compare base.h5 slow.h5 --only /serial
prints "compared  only 1 case (--only), for which alone Holm's correction is"

# compare: what was compared with what
ends_with 0 compare base.h5 same.h5
prints 'compared  launch by launch, all on node1'
make other_node.h5 --slower 1.04 --host node2
ends_with 3 compare base.h5 other_node.h5
prints 'compared  one set of hosts with another, as the sides ran on different hosts: node1 -> node2'
prints 'one node against one; on different hosts it takes 4 sets of hosts a side'
# A B B A A B B A ... while the machine becomes slower by a hundredth from each turn to the next; B is slower by a twentieth.
turn=0
for sides in a b b a a b b a a b b a a b b a; do
    slower=$(awk -v turn=$turn -v side="$sides" 'BEGIN { print 1.01 ^ turn * (side == "b" ? 1.05 : 1) }')
    make "turn_$sides$turn.h5" --launches 1 --between 0.002 --slower "$slower" --start $((10 * turn))
    turn=$((turn + 1))
done
ends_with 1 compare turn_a*.h5 --to turn_b*.h5 --only /serial
prints 'compared  launches in pairs, one of each side, as they took turns'
prints 'REGRESSED'
ends_with 3 compare turn_a{0,3,4,7}.h5 --to turn_b{1,2,5,6}.h5 --only /serial # too few pairs
prints 'compared  launch by launch'
# A side of two builds, or two machines
make build2.h5 --launches 5 --commit bbbb
ends_with 0 compare base.h5 build2.h5 --to same.h5
prints 'differs  commit within the baseline: aaaa (10 launches), bbbb (5 launches)'

# compare: renamed cases
make vector.h5 --cases 3
ends_with 4 compare base.h5 vector.h5
prints 'MISSING (reduce/mpi'
"$make_launches" renamed.h5 --cases 4 --seed 77 --wrong serial
ends_with 1 compare base.h5 renamed.h5 --pair /serial=/new
prints 'MISSING (reduce/new'
ends_with 2 compare base.h5 vector.h5 --pair reduce/mpi=reduce/openmp
warns 'has reduce/openmp 1 x 1 twice'
ends_with 2 compare base.h5 vector.h5 --pair reduce/nonsense=reduce/openmp
warns "unknown case 'reduce/nonsense' in the baseline; choose from reduce/mpi, reduce/openmp, reduce/serial, reduce/simd"
for pair in simd reduce/simd reduce/simd= =reduce/simd a/b/c=d/e; do
    ends_with 2 compare base.h5 vector.h5 --pair "$pair"
    warns "--pair $pair: give OLD=NEW"
done
ends_with 0 compare base.h5 sized.h5 --ignore elements
prints '4 cases'
ends_with 2 compare base.h5 sized.h5 --ignore size
warns "unknown parameter 'size'; choose from chunk, elements, source"

# compare: which file is on which side
ends_with 1 compare base.h5 same.h5 --to slow.h5
prints '20 + 10'
ends_with 1 compare base.h5 --to slow.h5 few.h5
prints '10 + 15'
ends_with 1 compare base.h5 --to few.h5 --margin 3% --confirm fresh.h5
ends_with 1 compare --margin 3% --format table base.h5 --confirm fresh.h5 --to few.h5 slow.h5
prints '10 + 15'
ends_with 1 compare --only /serial base.h5 slow.h5
ends_with 1 compare --allow-missing base.h5 slow.h5
ends_with 1 compare --to slow.h5 -- base.h5
ends_with 2 compare
warns 'name the files of the baseline first'
ends_with 2 compare --to slow.h5 base.h5 # both are new ones
warns 'name the files of the baseline first'
ends_with 2 compare base.h5
warns '1 file and no --to'
ends_with 2 compare base.h5 same.h5 slow.h5
warns '3 files and no --to'
for margin in abc -1 1.5 150% nan '' %; do
    ends_with 2 compare base.h5 slow.h5 "--margin=$margin"
    warns '--margin'
done
ends_with 2 compare base.h5 slow.h5 --only queues
warns "unknown case 'queues'; choose from reduce/mpi, reduce/openmp, reduce/serial, reduce/simd"
ends_with 2 compare base.h5 slow.h5 --format xml
ends_with 2 compare base.h5 slow.h5 --frobnicate

# compare: formats
ends_with 1 compare base.h5 slow.h5 --format json
python3 -c '
import json, sys
all = json.load(sys.stdin)
assert all["status"] == 1 and len(all["cases"]) == 4, all
case = all["cases"][0]
assert case["verdict"] == "REGRESSED" and 1.05 < case["low"] < case["ratio"] < case["high"] < 1.15, case
assert case["base_launches"] == 10 and case["parameters"]["source"] == "iota", case
assert "commit: aaaa -> bbbb" in all["environment"]' <"$scratch/stdout" || fail "$what: $out"
ends_with 1 compare base.h5 wrong.h5 --format csv
python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) == 4, rows
assert rows[1]["verdict"] == "FAILED" and rows[1]["ratio"] == "", rows[1]
assert 0.9 < float(rows[0]["ratio"]) < 1.1, rows[0]
assert None not in rows[0] and None not in rows[0].values(), rows[0]' <"$scratch/stdout" || fail "$what: $out"
ends_with 1 compare base.h5 slow.h5 --format markdown
[[ $(grep -c '^| ' "$scratch/stdout") == 5 && $(grep -c '^|:--' "$scratch/stdout") == 1 ]] || fail "$what: $out"
prints '**REGRESSED**'
prints '* commit: aaaa -> bbbb'
if command -v script >/dev/null; then # which gives it a terminal
    on_terminal() { (unset NO_COLOR && script -qec "$(printf '%q ' "$@")" /dev/null); }
    run on_terminal "$timings" compare base.h5 slow.h5
    expect 1 'compare on a terminal'
    [[ $out == *$'\e[31mREGRESSED\e[0m'* ]] || fail "no colours on a terminal: $out"
    run on_terminal NO_COLOR=1 "$timings" compare base.h5 slow.h5
    [[ $out != *$'\e'* ]] || fail "colours in spite of NO_COLOR: $out"
fi

# merge
ends_with 0 merge many.h5 base.h5 few.h5
prints 'many.h5: 15 launches of 2 files'
ends_with 0 validate many.h5
prints '15 launches, 60 cases'
ends_with 2 merge many.h5 base.h5
warns 'many.h5 exists'
ends_with 0 merge many.h5 base.h5 slow.h5 --force
prints '20 launches'
ends_with 2 merge twice.h5 base.h5 many.h5
warns 'is in base.h5 and again in many.h5'
ends_with 0 merge twice.h5 base.h5 many.h5 --dedupe
prints 'twice.h5: 20 launches of 2 files'
ends_with 0 merge --dedupe thrice.h5 base.h5 base.h5
prints '10 launches'
cp base.h5 kept.h5
for option in '' --force; do
    # shellcheck disable=SC2086 # no word, or one
    ends_with 2 merge base.h5 ./base.h5 few.h5 $option
    warns 'both an input and the output'
done
cmp base.h5 kept.h5 || fail 'merge changed a file that it refused to write'
ends_with 2 merge new.h5
warns 'IN is required'
ends_with 2 merge missing/new.h5 base.h5
ends_with 2 merge '' base.h5
warns 'has no name'
ends_with 2 merge bad.h5 base.h5 missing.h5
warns 'cannot read missing.h5'
[[ ! -e bad.h5 && ! -e bad.h5.part ]] || fail 'merge left something of a file that it could not write'
# One merged file or many: the same comparison.
for ((i = 0; i < 6; ++i)); do
    launches "part$i.h5" --launches 1 --cases 2 --seed $((100 + i))
    launches "slow$i.h5" --launches 1 --cases 2 --seed $((200 + i)) --slower 1.3
done
ends_with 0 merge all_parts.h5 part?.h5
ends_with 0 merge all_slow.h5 slow?.h5
ends_with 3 compare part?.h5 --to slow?.h5 --format json
cp "$scratch/stdout" of_many
ends_with 3 compare all_parts.h5 all_slow.h5 --format json
cmp "$scratch/stdout" of_many || fail 'merged files compare otherwise than single ones'
ends_with 1 compare base.h5 base.h5 --to slow.h5 slow.h5 --dedupe
prints '10 + 10'
ends_with 2 compare base.h5 base.h5 --to slow.h5
warns 'is there twice, in base.h5'

# noise
ends_with 0 noise base.h5 same.h5
grep -qE '^reduce/mpi 1 x 1 +20 +[0-9.]+ ms +[01]\.[0-9]+ % +[01]\.[0-9]+ % ' <<<"$out" || fail "$what: $out"
prints '10 launches a side are enough to see a change of'
ends_with 0 noise base.h5 --only /mpi --format json
python3 -c '
import json, sys
all = json.load(sys.stdin)
case, = all["cases"]
assert case["launches"] == 10 and 0.004 < case["deviation"] < 0.02, case
assert 0.002 < case["noise_floor"] < 0.03, case
assert case["visible_change_5_launches"] > case["visible_change_20_launches"] > 0, case
assert case["launches_needed_1_percent"] >= case["launches_needed_10_percent"] >= 4, case' \
    <"$scratch/stdout" || fail "$what: $out"
ends_with 0 noise base.h5 --margin 0.03
ends_with 3 noise base.h5 --margin 0.001
prints 'too noisy  reduce/serial 1 x 1: 10 launches show no change below '
# One launch 100 times too slow: the noise is that of the others, and it is named.
launches far.h5 --cases 4 --seed 99 --launches 1 --base 1
ends_with 0 noise base.h5 far.h5 --format json
python3 -c '
import json, sys
all = json.load(sys.stdin)
for case in all["cases"]:
    assert case["launches"] == 11 and 0.003 < case["deviation"] < 0.03, case
    assert case["noise_floor"] < 0.03 and case["outlying_launches"] == 1, case
sentence, = all["outliers"]
assert "stands out in 4 of 4 cases: reduce/" in sentence and "times as long as in the median launch" in sentence, all
assert all["two_groups"] == [], all' \
    <"$scratch/stdout" || fail "$what: $out"
ends_with 0 noise base.h5 far.h5
prints 'outlier  launch 20261122T000000Z-'
launches shifted.h5 --cases 4 --seed 98 --launches 10 --base 0.02
ends_with 0 noise base.h5 shifted.h5
prints 'two groups of launches  reduce/serial 1 x 1'
! grep -q '^outlier ' <<<"$out" || fail "$what: takes half of the launches for outliers: $out"
ends_with 0 noise few.h5 --format csv
python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert len(rows) == 4 and rows[0]["noise_floor"] == "" and float(rows[0]["deviation"]) > 0, rows' \
    <"$scratch/stdout" || fail "$what: $out"
ends_with 3 noise one.h5
prints 'one launch says nothing'
ends_with 1 noise wrong.h5
prints 'FAILED: answers wrong or never checked in 10 of them'
ends_with 2 noise
warns 'FILE is required'

# What cannot be read, on any side of any command
echo seconds >text.h5
: >empty.h5
head -c 5000 base.h5 >cut.h5
/usr/bin/python3 - <<'END'
data = bytearray(open("base.h5", "rb").read())
for name, at in (("head", 9), ("middle", len(data) // 2)):
    flipped = bytearray(data)
    flipped[at] ^= 0x10
    open(f"flipped_{name}.h5", "wb").write(flipped)

# A file of another program, and one of the future.
import h5py
with h5py.File("other_program.h5", "w") as file:
    file["x"] = [1, 2, 3]
with h5py.File("future.h5", "w") as file:
    file.attrs.create("format", b"pacer-timings", dtype="S13")
    file.attrs.create("format_version", 3, dtype="i8")
END
declare -A why=([missing]='No such file' [text]='not an HDF5 file' [empty]='the file is empty' [cut]='cut or damaged'
    [flipped_head]='cut or damaged' [flipped_middle]='damaged')
why+=([other_program]='not a timing dump' [future]='it is of format 3')
for bad in "${!why[@]}"; do
    for arguments in "merge new.h5 base.h5 $bad.h5" "compare base.h5 $bad.h5" "compare $bad.h5 base.h5" \
        "compare base.h5 --to slow.h5 --confirm $bad.h5" "noise base.h5 $bad.h5"; do
        # shellcheck disable=SC2086 # several words
        ends_with 2 $arguments
        warns "cannot read $bad.h5"
        warns "${why[$bad]}"
        [[ ! -e new.h5 ]] || fail "$what: wrote new.h5"
    done
done
for command in compare noise merge; do
    ends_with 2 "$command" . .
    ends_with 0 "$command" --help
    run bash -c "'$timings' $command --help >/dev/full"
    expect 2 "timings $command --help >/dev/full"
done
run bash -c "'$timings' compare base.h5 same.h5 >/dev/full"
expect 2 'timings compare >/dev/full'

finish
