#!/usr/bin/env bash
# The layout of the C++ sources, or the scripts, as their tools see them; or what the sources write to. Exit 77: skipped, with the reason.
#
#     SOURCE=. tests/lint_test.sh format|scripts|streams
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
        ((${#wrong[@]} == 0)) || { echo "mend with: clang-format -i ${wrong[*]}" && return 1; }
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
        { echo "mend with: say() of common/base/say.hpp, and MPI's C types" && return 1; }; }
    ;;
*)
    echo "lint_test.sh: name what to judge: format, scripts or streams" >&2
    exit 2
    ;;
esac

((${#chosen[@]})) || { echo "there is nothing to judge" && exit 1; }
judge "${chosen[@]}"
echo "${#chosen[@]} files, nothing to mend"
