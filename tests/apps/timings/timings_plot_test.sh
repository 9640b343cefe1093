#!/usr/bin/env bash
# timings plot as its users meet it, on real launches of reduce: what it writes, and its exit status.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_plot_test.sh
set -euo pipefail

# shellcheck source=tests/support/lib.sh
. "${SOURCE:?the checkout}/tests/support/lib.sh"
# shellcheck source=tests/apps/timings/lib.sh
. "$SOURCE/tests/apps/timings/lib.sh"
tested=plot
bin=$(realpath "${BIN:?the folder of the programs}")
cd "$scratch"

title() { [[ $(head -n 1 <<<"$out") == " $1" ]] || fail "$what: drew $(head -n 1 <<<"$out")"; }

for ranks in 1 2 4; do
    OMP_NUM_THREADS=1 mpirun -np $ranks "$bin/reduce" -n 100000 --repeats 6 --quiet --dump np$ranks.h5 >launched 2>&1 ||
        fail "mpirun -np $ranks reduce: $(cat launched)"
done

# On standard output, as text; which kind
ends_with 0 np2.h5
title 'Variants as a ladder towards the limit'
prints 'mpi 2 x 1'
prints '% limit'
ends_with 0 np?.h5
title 'Speedup by number of cores'
ends_with 0 np?.h5 --kind ladder
title 'Variants as a ladder towards the limit'
prints 'mpi 4 x 1'
for kind in samples distribution balance; do
    ends_with 0 np2.h5 --kind $kind
    prints 'mpi 2 x 1'
    [[ $(wc -L <<<"$out") -le 100 ]] || fail "$what: wider than 100"
done
ends_with 0 --only /mpi,/simd np2.h5
prints 'simd 1 x 1'
if grep -q openmp <<<"$out"; then fail "$what: drew openmp"; fi

# As wide as the terminal
script -qec "stty cols 70; '$timings' plot np2.h5" /dev/null </dev/null >typed || fail "script: $(cat typed)"
[[ $(tr -d '\r' <typed | wc -L) -le 70 ]] || fail "on a terminal of 70 columns: $(cat typed)"
[[ $(tr -d '\r' <typed | wc -L) -gt 60 ]] || fail "on a terminal of 70 columns, narrower: $(cat typed)"

# A problem of several sizes: four of them, or it is a ladder
for size in 1000 2000 4000 8000; do
    run "$bin/reduce" -n $size --repeats 6 --variants serial,simd --quiet --dump size$size.h5
    expect 0 "reduce -n $size"
done
ends_with 0 size?000.h5
title 'Bandwidth and time by size'
prints 'time per item'
prints 'B simd'
prints '2 k'
ends_with 0 size[124]000.h5
title 'Variants as a ladder towards the limit'
ends_with 2 size[124]000.h5 --kind sweep
warns 'no parameter takes four or more values'
ends_with 0 size?000.h5 np1.h5 # which has other variants, too
title 'Variants as a ladder towards the limit'
ends_with 0 size?000.h5 --kind sweep --only /simd
if grep -q serial <<<"$out"; then fail "$what: drew serial"; fi
for name in drawn.svg drawn.png drawn.pdf; do ends_with 0 size?000.h5 -o $name; done
run "$timings" report size?000.h5 -o sizes.html
expect 0 'report of several sizes'
grep -q 'Bandwidth and time by size' sizes.html || fail 'the report lacks the drawing by size'

# Into files
for kind in ladder scaling samples distribution balance; do
    ends_with 0 np?.h5 --kind $kind -o drawn.svg
    python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse("drawn.svg").getroot()
assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag
text = " ".join(root.itertext())
assert "mpi" in text, text
for node in root.iter():
    for name, value in node.attrib.items():
        assert not name.endswith("href") or value.startswith("#"), (node.tag, value)' || fail "$what: no sound SVG"
    ends_with 0 np?.h5 --kind $kind -o drawn.png
    [[ $(head -c 4 drawn.png | tail -c 3) == PNG ]] || fail "$what: no PNG"
    ends_with 0 np?.h5 --kind $kind -o drawn.pdf
    [[ $(head -c 5 drawn.pdf) == %PDF- ]] || fail "$what: no PDF"
    [[ -z $out ]] || fail "$what: printed $out"
done
ends_with 0 np2.h5 -o drawn.svg # replaces it
grep -q 'ladder towards the limit' drawn.svg || fail "drawn.svg was not replaced"

# What cannot be
for name in drawn.gif drawn .svg drawn.SVG; do
    ends_with 2 np2.h5 -o $name
    warns 'choose NAME.svg, .png or .pdf'
done
ends_with 2 np2.h5 --kind pie
warns pie
ends_with 2 np2.h5 --kind scaling
warns 'nothing ran on different numbers of cores'
ends_with 2 np1.h5 --kind balance
warns 'nothing ran on several ranks'
ends_with 2 np2.h5 --only /none
warns /none
ends_with 2 np2.h5 -o missing/drawn.svg
warns 'cannot write missing/drawn.svg'
ends_with 2 np2.h5 -o /dev/full
cp np2.h5 mine.svg
ends_with 2 mine.svg -o ./mine.svg
warns 'would overwrite the dump'
ends_with 2
warns 'FILE is required'
ends_with 2 missing.h5
warns 'cannot read missing.h5'
ends_with 0 --help
prints balance

# Without gnuplot
mkdir empty
without() { PATH=$scratch/empty "$timings" "$@"; }
run without plot np2.h5
expect 2 'without gnuplot'
once 'apt-get install gnuplot-nox' 'without gnuplot'

# A reader that has gone
"$timings" plot np?.h5 --kind samples 2>err | head -n 1 >out || true
[[ ! -s err ]] || fail "timings plot | head: $(cat err)"

finish
