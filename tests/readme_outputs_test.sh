#!/usr/bin/env bash
# readme_outputs.py finds outputs that are no longer true, and renews them; those of apps/README.md are true.
set -euo pipefail

source=$1 programs=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# ends STATUS WHAT README: with the programs of this build.
ends() {
    local status=0
    "$source/tests/readme_outputs.py" --programs "$programs" "${@:3}" >"$scratch/out" 2>&1 || status=$?
    ((status == $1)) || { failed=1 && echo "FAIL $2: status $status, not $1:" && cat "$scratch/out"; } >&2
}

readme() { printf '%s\n' 'Text.' '' '    $ echo the time is 12:03:01' "    $1" '' '    $ printf "a 1 ms\n\nb 2.5 GB/s\nwarning: w\n"' "${@:2}" '' 'More.'; }
readme 'the time is 23:59:59' '    a 200 us' '' '    b 31 MB/s' >"$scratch/true.md"
ends 0 "other numbers" "$scratch/true.md"
readme 'the time is 23:59:59' '    b 1 GB/s' '    a 3 s' >"$scratch/order.md"
ends 0 "another order" "$scratch/order.md"
readme 'the time was 12:03:01' '    a 1 ms' '' '    b 2.5 GB/s' >"$scratch/word.md"
ends 1 "another word" "$scratch/word.md"
readme 'the time is 12:03:01' '    a 1 ms' >"$scratch/missing.md"
ends 1 "a line that is not shown" "$scratch/missing.md"
readme 'the time is 12:03:01' '    a 1 ms' '' '    b 2.5 GB/s' '    c 1' >"$scratch/gone.md"
ends 1 "a line that is no longer printed" "$scratch/gone.md"
readme 'the time is 12:03:01' '    a 1 ms' '    ...' >"$scratch/cut.md"
ends 0 "lines left out" "$scratch/cut.md"
{ readme 'the time is 1:2:3' '    a 1 ms' '' '    b 2 GB/s' && echo '![a](a.svg)'; } >"$scratch/picture.md"
ends 1 "a picture that nothing makes" "$scratch/picture.md"
printf '    $ false\n    the words\n' >"$scratch/failing.md"
ends 1 "renewing by a command that fails" --write "$scratch/failing.md"
grep -qxF '    the words' "$scratch/failing.md" || { failed=1 && echo "FAIL a command that fails takes what is shown" >&2; }
cp "$scratch/word.md" "$scratch/renewed.md"
ends 0 "renewing" --write "$scratch/renewed.md"
ends 0 "what was renewed" "$scratch/renewed.md"
for line in '    the time is 12:03:01' 'More.'; do
    grep -qxF "$line" "$scratch/renewed.md" || { failed=1 && echo "FAIL renewing lost '$line'" >&2; }
done

ends 0 "apps/README.md" "$source/apps/README.md"
exit "$failed"
