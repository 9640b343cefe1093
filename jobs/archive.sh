#!/usr/bin/env bash
# Packs the sources of the commit that is checked out into an archive, to carry to a cluster.
#
#     jobs/archive.sh [-o FILE]
#
#     -o FILE         the archive (pacer-<version>.tar.gz)
#     --help          this text
#
# The archive unpacks into the folder pacer-<version>; its jobs/README.md says under "On a cluster" how to build it there. It
# knows its commit, and so do the dumps of a build from it.
# Prints to stdout the name of the archive. Changes that are not committed would be left out, so they are refused.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=jobs/lib.sh
. "$root/jobs/lib.sh"

# git for a checkout whose owner may be another, in a container say; it takes no lock.
git_here() { GIT_OPTIONAL_LOCKS=0 git -c safe.directory='*' -C "$root" "$@"; }

version=$(sed -n 's/^project(pacer VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
archive=pacer-$version.tar.gz
while (($#)); do
    case $1 in
    --help | -h)
        header "$0"
        exit 0
        ;;
    -o)
        [[ -n ${2-} ]] || refuse "-o needs a file name"
        archive=$2
        ;;
    *) refuse "unknown argument '$1', see --help" ;;
    esac
    shift 2
done

command -v git >/dev/null || refuse "git is not installed, and it is what packs the archive"
commit=$(git_here rev-parse --verify --quiet HEAD 2>/dev/null) || commit=
# An unpacked archive may lie in another project's repository, whose commit is not meant.
[[ -n $commit && $(git_here rev-parse --show-toplevel) -ef $root ]] ||
    refuse "$root is not a git checkout with a commit, so no archive can be made of it"
changes=$(git_here status --porcelain --untracked-files=no)
[[ -z $changes ]] ||
    refuse "there are uncommitted changes, which would be left out: commit or stash them (git status lists them)"

[[ ! -e $archive ]] || refuse "$archive exists; remove it, or choose another name with -o"
{ mkdir -p "$(dirname "$archive")" && part=$(mktemp -d "$(dirname "$archive")/.archive.XXXXXX"); } 2>/dev/null ||
    refuse "cannot write to $(dirname "$archive")"
trap 'rm -rf "$part"' EXIT
if ! said=$(git_here archive --format=tar.gz --prefix="pacer-$version/" "$commit" 2>&1 >"$part/archive.tar.gz"); then
    say "git could not pack the archive: ${said//$'\n'/; }"
    exit 1
fi
# Not so where somebody keeps an unpacked archive in a repository of his own: it would tell the old commit.
if [[ $(tar -xzOf "$part/archive.tar.gz" "pacer-$version/common/base/archived_commit" 2>/dev/null) != "$commit" ]]; then
    # shellcheck disable=SC2016 # git's words
    say 'the archive would not tell its commit: it takes common/base/archived_commit with the line $Format:%H$, and' \
        '.gitattributes with the line "common/base/archived_commit export-subst"'
    exit 1
fi
mv "$part/archive.tar.gz" "$archive"
say "commit $commit"
echo "$archive"
