#!/usr/bin/env bash
# Each app's variants/ folder against its --list: what is listed has a source, and no source is left out. And --problems
# and --variants, which every app has. Wants $BIN, the folder of the programs, and $SOURCE, the checkout.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../support/lib.sh"

cd "$scratch"

# is_of VARIANT FILE: the variant's name, or what it begins with, is the file's, and a function in it; or a row of a
# table in it.
is_of() {
    local variant=$1 file=$2 stem
    stem=$(basename "$file" .cpp)
    if grep -qE "^ *\{\"$variant\"," "$file"; then return 0; fi
    case $variant in "$stem" | "$stem"_* | "$stem"s) ;; *) return 1 ;; esac
    grep -oE '\b[a-z][a-z0-9_]*(<[^>]*>)?\(const Problem&' "$file" | sed 's/[<(].*//' | sort -u |
        while IFS= read -r function; do
            case $variant in "$function" | "$function"_[0-9a-z]*) echo yes ;; esac
        done | grep yes >/dev/null
}

apps=0
for folder in "${SOURCE:?the checkout}"/apps/*/variants; do
    app=$(basename "$(dirname "$folder")")
    apps=$((apps + 1))
    run "$BIN/$app" --list
    expect 0 "$app --list"
    problems=$(grep -E '^[a-z]+:$' <<<"$out" | tr -d : || true)
    variants=$(awk 'NF > 1 {print $1}' <<<"$out" | sort -u)
    [ -n "$variants" ] || fail "$app lists no variants"
    [ -z "$(awk '/:$/ {problem = $1} NF > 1 {print problem, $1}' <<<"$out" | sort | uniq -d)" ] ||
        fail "$app lists a variant of a problem twice"
    for variant in $variants; do
        found=no
        for file in "$folder"/*.cpp; do
            if is_of "$variant" "$file"; then found=yes; fi
        done
        [ $found = yes ] || fail "$app lists $variant, which no file in variants/ has"
    done
    for file in "$folder"/*; do
        found=no
        for variant in $variants; do
            if is_of "$variant" "$file"; then found=yes && break; fi
        done
        [ $found = yes ] || fail "$app lists no variant of variants/${file##*/}"
    done

    first=$(head -n 1 <<<"${problems:-}")
    if [ -n "$problems" ]; then
        [ "$(sort <<<"$problems" | uniq -d)" = '' ] || fail "$app lists a problem twice"
    fi
    run "$BIN/$app" --problems nonesuch
    expect 2 "$app --problems nonesuch"
    once "unknown problem 'nonesuch'; choose from ${first}" "$app --problems nonesuch"
    run "$BIN/$app" --variants nonesuch
    expect 2 "$app --variants nonesuch"
    once "unknown variant 'nonesuch'; choose from " "$app --variants nonesuch"
done
[ "$apps" -ge 7 ] || fail "$apps apps have a folder of variants"

finish
