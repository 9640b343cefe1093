#!/usr/bin/env bash
# Checks the layout of the C++ sources, or the scripts, with their tools; or what the sources write to, or include; or the
# wording of messages and comments. Exit 77: skipped, with the reason.
#
#     SOURCE=. tests/lint_test.sh format|scripts|streams|layers|words
set -euo pipefail

cd "${SOURCE:?the checkout}"

skip() {
    echo "skipped: $*"
    exit 77
}

# The project's files: those git tracks or would, all those outside build/ where there is no git.
files() {
    { git -c safe.directory='*' -c core.quotePath=off ls-files --cached --others --exclude-standard 2>/dev/null ||
        find . \( -name .git -o -path ./build \) -prune -o -type f -print; } |
        while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
}

case ${1-} in
format)
    version=14 # Debian 12's; another one lays out differently
    command -v clang-format >/dev/null || skip "clang-format is not installed, the layout of the sources is not judged"
    clang-format --version | grep -q " version $version\." ||
        skip "the layout of the sources is clang-format $version's, here is $(clang-format --version)"
    mapfile -t chosen < <(files | grep -E '\.(cpp|hpp)$')
    judge() {
        local file wrong=()
        for file; do clang-format --dry-run --Werror "$file" 2>/dev/null || wrong+=("$file"); done
        ((${#wrong[@]} == 0)) || { echo "fix with: clang-format -i ${wrong[*]}" && return 1; }
    }
    ;;
scripts)
    command -v shellcheck >/dev/null || skip "shellcheck is not installed, the scripts are not judged"
    mapfile -t chosen < <(files | while IFS= read -r file; do
        head -n 1 "$file" | grep -qaE '^#!.*\b(ba|da)?sh\b|^# shellcheck shell=' && printf '%s\n' "$file"
    done)
    judge() {
        local file status=0 options
        for file; do
            options=(--external-sources)
            # What a sourced file sets, its callers read.
            [[ $(head -n 1 "$file") == '#!'* ]] || options+=(--exclude=SC2034)
            bash -n "$file" && shellcheck "${options[@]}" "$file" || status=1
        done
        return "$status"
    }
    ;;
streams)
    # stderr is written to by common/say alone, which cannot fail; MPI's C++ types are null in some libraries.
    mapfile -t chosen < <(files | grep -E '^(apps|common|io)/.*\.(cpp|hpp)$' | grep -v '^common/base/say\.')
    judge() { ! grep -nE 'print\(stderr|std::cerr|perror\(|fputs?\(.*stderr|STDERR_FILENO, |MPI_CXX_' "$@" ||
        { echo "fix with: say() of common/base/say.hpp, and MPI's C types" && return 1; }; }
    ;;
layers)
    # Which folder may include which: a layer all those below it. And the one place that knows a library.
    mapfile -t chosen < <(files | grep -E '^(apps|common|io)/.*\.(cpp|hpp)$')
    judge() {
        grep -nE '^ *#include ["<]' "$@" | awk -F'[:"<>]' '
            function layer(path,   part) {
                split(path, part, "/")
                if (part[1] != "common") return rank[part[1]]
                return part[2] == "exact_sum" ? rank["exact_sum"] : rank[part[2]]
            }
            function refuse(why) { print $1 ":" $2 ": " why ": " $4; wrong = 1 }
            BEGIN {
                split("base parallel machine placement measure report launch io apps", order, " ")
                for (i in order) rank[order[i]] = i + 0
                rank["exact_sum"] = 1.5  # on base alone, and of use to all that are above
                owner["hdf5"] = "^io/(hdf5|dump)/"; owner["hwloc"] = "^common/machine/topology[.]"
                owner["CLI"] = "^common/launch/arguments[.]"; owner["nlohmann"] = "^common/base/json[.]"
            }
            {
                library = $4; sub("[./].*", "", library)
                if (library in owner && $1 !~ owner[library]) refuse("this library is known elsewhere alone")
                if ($4 !~ "^(apps|common|io)/") next
                split($1, mine, "/"); split($4, its, "/")
                if (layer($1) == 0 || layer($4) == 0) { refuse("unknown layer"); next }
                if (layer($4) > layer($1)) refuse("a lower layer includes a higher one")
                if (mine[2] == "exact_sum" && its[2] != "exact_sum" && its[2] != "base") refuse("exact_sum stands on base alone")
                if (mine[1] == "apps" && its[1] == "apps" && its[2] != mine[2] && its[2] != "app.hpp") refuse("one app includes another")
            }
            END { exit wrong }'
    }
    ;;
words)
    # Phrases that a native reader has to decode. What users may have in scripts is exempt: JSON keys and hidden options.
    phrases=(
        '^ *(//|#) Of '           # a comment is a sentence
        "[Nn](othing|o [a-z ]+) is called '" # unknown X 'y'; choose from ...
        "(^|[^\"'-])\b[Cc]ircumstances?\b" # environment
        '\b[Mm]end(s|ed|ing)?\b' # fix
        '\bdearest\b'            # costliest
        '\bmanners?\b'           # mode
        '\b(goes|go|going) on after\b' # resumes after
        '\ba way of your own\b'  # your own variant
        '[Ss]ay soundly'
        'Of the order in which'
        'what the machine can do at best'
        'by source line'
    )
    mapfile -t chosen < <(files | grep -vE '^tests/(lint_test\.sh$|io/dump/format_1/)')
    judge() {
        ! grep -nIE "$(IFS='|' && echo "${phrases[*]}")" "$@" || { echo "say it in plain English" && return 1; }
    }
    ;;
*)
    echo "lint_test.sh: name what to judge: format, scripts, streams, layers or words" >&2
    exit 2
    ;;
esac

((${#chosen[@]})) || { echo "there is nothing to judge" && exit 1; }
judge "${chosen[@]}"
echo "${#chosen[@]} files, nothing to fix"
