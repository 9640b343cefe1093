#!/usr/bin/env bash
# timings report: what it refuses, what is on the page, that text from dumps stays text, and how Chromium shows it.
# Exit 77: the browser is missing, with the reason, after all other checks passed.
#
#     BIN=build/release/bin SOURCE=. tests/apps/timings/timings_report_test.sh build/release/tests/make_launches
set -euo pipefail

checkout=$(realpath "${SOURCE:?the checkout}")
# shellcheck source=tests/support/lib.sh
. "$checkout/tests/support/lib.sh"
timings=$(realpath "${BIN:?the folder of the programs}")/timings
make_launches=$(realpath "${1:?the program make_launches}")
mkdir "$scratch/here"
cd "$scratch/here"

report() {
    what="timings report $*"
    run "$timings" report "$@"
}
ends_with() {
    expect "$1" "$what"
    if (($1 != 2)); then
        [[ -z $out$err ]] || fail "$what: printed $out$err"
    else
        [[ $err == "timings: "* && $err != *$'\n'* ]] || fail "$what: not one line on stderr: $err"
    fi
}
warns() { says err "$1" "$what"; }
# shows PAGE TEXT, hides PAGE TEXT
shows() { grep -qF -- "$2" "$1" || fail "$what: $1 does not say '$2'"; }
hides() { ! grep -qF -- "$2" "$1" || fail "$what: $1 says '$2'"; }

"$make_launches" before.h5 --cases 4 --ranks 2 --launches 8
"$make_launches" after.h5 --cases 4 --ranks 2 --launches 8 --seed 2 --slower 1.2 --slow-cases 1 --commit bbbb
"$make_launches" wrong.h5 --cases 4 --launches 2 --seed 3 --wrong mpi
"$make_launches" one.h5 --launches 1 --seed 4
for ranks in 1 2 3 4 8; do
    "$make_launches" "scaling-$ranks.h5" --cases 4 --ranks $ranks --base "0.$((4000 / ranks))" --seed 1$ranks --launches 6
done

# --- what it refuses
report before.h5
ends_with 2
warns '--output is required'
report -o page.html
ends_with 2
warns 'FILE is required'
report missing.h5 -o page.html
ends_with 2
warns 'cannot read missing.h5: No such file or directory'
report before.h5 --baseline missing.h5 -o page.html
ends_with 2
report before.h5 -o ./before.h5
ends_with 2
warns 'would overwrite the dump'
report after.h5 --baseline before.h5 -o before.h5
ends_with 2
warns 'would overwrite the dump'
report before.h5 before.h5 -o page.html
ends_with 2
report before.h5 -o missing/page.html
ends_with 2
warns 'cannot write missing/page.html'
[[ ! -e page.html ]] || fail "a refusal leaves a page"

# --- what is on the page
report before.h5 -o plain.html
ends_with 0
shows plain.html '<h1>reduce on node1</h1>'
shows plain.html '8 launches of reduce 0.1.0'
shows plain.html 'every answer was verified'
hides plain.html 'id="comparison"'
hides plain.html 'Drawings are missing'
shows plain.html 'src="data:image/svg+xml;base64,'
[[ $(grep -c 'what a newer version may have to say' plain.html) == 1 ]] ||
    fail "a warning of 8 launches is not told once"
shows plain.html '8 of 8'
report after.h5 --baseline before.h5 -o compared.html
ends_with 1
shows compared.html 'id="comparison"'
shows compared.html '<span class="verdict bad">REGRESSED</span>'
shows compared.html 'aaaa'
shows compared.html '<p>What was compared:</p>'
shows compared.html 'launch by launch, all on node1'
hides compared.html 'different builds'
report before.h5 after.h5 -o both.html
ends_with 0
shows both.html 'These launches are of different builds, which this page keeps apart. reduce: aaaa, bbbb'
[[ $(grep -o 'reduce[^<]*build [ab]*' both.html | sort -u | wc -l) -ge 2 ]] || fail "two builds are pooled"
report wrong.h5 -o wrong.html
ends_with 0
shows wrong.html 'Wrong or unchecked answers in 1 of 4 cases'
report one.h5 -o one.html
ends_with 0
report scaling-*.h5 -o scaling.html
ends_with 0
shows scaling.html 'id="scaling"'
cp plain.html again.html
report before.h5 -o again.html
ends_with 0

# --- without gnuplot: a page all the same
mkdir "$scratch/nothing"
what="timings report without gnuplot"
run env PATH="$scratch/nothing" "$timings" report before.h5 -o undrawn.html
ends_with 0
shows undrawn.html 'Drawings are missing from this page: '
shows undrawn.html 'gnuplot'
hides undrawn.html '<img'

# --- text from a dump stays text (report_page_test looks at all of it)
pages=(plain.html compared.html both.html wrong.html one.html scaling.html undrawn.html)
hostile='</title><script>harmed=1</script><img src=x onerror=harmed=1>"'\''&'
"$make_launches" hostile.h5 --app "$hostile" --commit "$hostile" --cases 3 --ranks 2 --launches 6
"$make_launches" benign.h5 --app "$hostile" --cases 3 --ranks 2 --launches 6 --seed 2
report hostile.h5 --baseline benign.h5 -o hostile.html
ends_with 0
shows hostile.html '&lt;script&gt;harmed=1&lt;/script&gt;'
hides hostile.html '<script>'
hides hostile.html '<img src=x'
pages+=(hostile.html)

# Nothing is named that could be loaded: not even a namespace, for drawings are encoded.
for page in "${pages[@]}"; do
    for scheme in http: https: file: ftp: ws: @import 'url(' '<link' '<iframe' '<object' '<base'; do
        what="what may be loaded"
        hides "$page" "$scheme"
    done
done

# --- as a reader sees it
status=0
if [[ $(ulimit -v) == unlimited ]]; then
    timeout --kill-after=10 240 "$checkout/tests/apps/timings/render_report.py" "${pages[@]}" || status=$?
else
    echo "skipped: a browser wants more address space than ulimit -v leaves"
    status=77
fi
((status == 0 || status == 77)) || fail "render_report.py: exit status $status"
skipped=$((status == 77))
finish
((!skipped)) || exit 77
