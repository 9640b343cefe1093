#!/usr/bin/env bash
# Tests of jobs/archive.sh and of a build from its archive as on a cluster: every package but the compiler, CMake, MPI
# and HDF5 is in a folder of the user's, and its dumps know the archive's commit. Without network; the packages of
# Debian are copied into such a folder, and for the processes of this test no longer there where they were.
#
#     BIN=build/release/bin SOURCE=. tests/jobs/archive_test.sh
set -euo pipefail

skip() {
    echo "skipped: $*"
    exit 77
}

# The whole test runs in a mount namespace: what it does to /usr nobody else sees, and it ends with it.
if [[ ${1-} != in-namespace ]]; then
    namespace=(unshare --mount)
    ((EUID == 0)) || namespace+=(--map-root-user)
    "${namespace[@]}" true 2>/dev/null || skip "no mount namespaces here, so no packages can be hidden from a build"
    exec "${namespace[@]}" "$0" in-namespace
fi

checkout=$(cd "${SOURCE:?the checkout}" && pwd)
bin=$(cd "${BIN:?the folder of the programs}" && pwd)
# shellcheck source=tests/support/lib.sh
. "$checkout/tests/support/lib.sh"
unset CMAKE_PREFIX_PATH CMAKE_INCLUDE_PATH CMAKE_LIBRARY_PATH PKG_CONFIG_PATH PKG_CONFIG_LIBDIR CPATH LIBRARY_PATH
unset "${!GIT_@}"
export TMPDIR=$scratch # Open MPI has a folder in it for root, who may be another than root in the namespace
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

command -v git >/dev/null || skip "git is not installed, and jobs/archive.sh needs it"
git_files=(git -c safe.directory='*' -C "$checkout" ls-files -z --cached --others --exclude-standard)
[[ $(git -c safe.directory='*' -C "$checkout" rev-parse --show-toplevel 2>/dev/null) -ef $checkout ]] ||
    skip "an archive can be made of a git checkout only, and $checkout is none"

# --- archives of a copy of the checkout, whose changes are all committed
copy="$scratch/a checkout"
archive_sh=$copy/jobs/archive.sh
git_copy() { git -C "$copy" -c user.name=t -c user.email=t@t "$@"; }
mkdir "$copy" "$scratch/elsewhere"
cd "$checkout"
# A file that was removed is still in the list.
"${git_files[@]}" | while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done |
    tar -c --null --files-from=- | tar -x --no-same-owner -C "$copy"
cd "$scratch/elsewhere"
run "$archive_sh"
expect 2 "no git"
once "is not a git checkout with a commit" "no git"
git_copy init -q
run "$archive_sh"
expect 2 "no commit"
once "is not a git checkout with a commit" "no commit"
git_copy add -A
git_copy commit -q -m 1
commit=$(git_copy rev-parse HEAD)

run "$archive_sh" --help
expect 0 "help"
says out "jobs/archive.sh [-o FILE]" "help"
run "$archive_sh" --no-such-option
expect 2 "an unknown option"
once "unknown argument '--no-such-option'" "an unknown option"
run "$archive_sh" -o
expect 2 "-o alone"
run "$archive_sh" -o /proc/nowhere/pacer.tar.gz
expect 2 "a folder that cannot be made"
once "cannot write to /proc/nowhere" "a folder that cannot be made"
echo >>"$copy/README.md"
run "$archive_sh"
expect 2 "a change"
once "uncommitted changes, which would be left out" "a change"
git_copy checkout -q README.md

# git that breaks off after some bytes
mkdir "$scratch/broken"
cat >"$scratch/broken/git" <<SH
#!/bin/sh
case " \$* " in *" archive "*) echo some; echo "fatal: no space" >&2; exit 128 ;; esac
exec "$(command -v git)" "\$@"
SH
chmod +x "$scratch/broken/git"
PATH=$scratch/broken:$PATH run "$archive_sh"
expect 1 "a git that fails"
once "git could not pack the archive: fatal: no space" "a git that fails"
git_copy checkout -q -b stale
echo "$commit" >"$copy/common/base/archived_commit"
git_copy commit -q -a -m "somebody keeps an unpacked archive in git"
run "$archive_sh"
expect 1 "the commit of another archive"
once "the archive would not tell its commit" "the commit of another archive"
git_copy checkout -q -
[[ -z $(ls -A) ]] || fail "what was refused leaves files: $(ls -A)"

run "$archive_sh"
expect 0 "an archive"
archive=$(ls -A)
[[ $archive =~ ^pacer-[0-9.]+\.tar\.gz$ && $out == "$archive" ]] || fail "made '$archive', says '$out'"
says err "$commit" "an archive"
run "$archive_sh"
expect 2 "a second archive"
once "$archive exists; remove it" "a second archive"
mv "$archive" first
run "$archive_sh" -o "a folder/mine.tar.gz"
expect 0 "an archive elsewhere"
cmp first "a folder/mine.tar.gz" || fail "two archives of a commit differ"

# --- unpacked in a folder with a space, inside of somebody's own repository
mkdir "$scratch/another project"
cd "$scratch/another project"
git init -q
git -c user.name=t -c user.email=t@t commit -q --allow-empty -m another
tar -xf "$scratch/elsewhere/first"
cd "${archive%.tar.gz}"
grep -q "^## On a cluster" jobs/README.md || fail "the archive has no instructions for a cluster"
[[ -e jobs/README.md ]] || fail "the archive has no jobs/README.md"
run jobs/archive.sh
expect 2 "an archive of what was unpacked"
once "is not a git checkout" "an archive of what was unpacked"
[[ $failures -eq 0 ]] || finish # the rest takes a minute

# --- the packages leave /usr
command -v dpkg >/dev/null ||
    skip "this is no Debian: which files a package has is not known; the archive is right"
boost=$(dpkg -S /usr/include/boost/version.hpp 2>/dev/null | cut -d: -f1) || true
all_parts=(libcli11-dev libfmt-dev nlohmann-json3-dev libhwloc-dev librandom123-dev "${boost:-libboost-dev}"
    zlib1g-dev libzstd-dev libxxhash-dev)
fileio_only=(libfast-float-dev)
dpkg -L "${all_parts[@]}" "${fileio_only[@]}" >/dev/null 2>&1 ||
    skip "not all of ${all_parts[*]} ${fileio_only[*]} are installed; the archive itself is right"

# files_of PACKAGE...: what a build reads of them, and the shared libraries that no program of the system needs.
files_of() {
    local file
    dpkg -L "$@" | sed 's|^\(/usr/include/boost\)/.*|\1|' | sort -u |
        grep -E '^/usr/(include|lib|share/cmake|share/pkgconfig)/' |
        while IFS= read -r file; do
            case $file in
            /usr/include/boost) ;;
            */libfmt.so | */libxxhash.so) printf '%s\n' "$file".* ;;
            *) [[ ! -d $file ]] || continue ;;
            esac
            echo "$file"
        done
}
mapfile -t moved < <(files_of "${all_parts[@]}" "${fileio_only[@]}")
needs=$scratch/needs
mkdir "$needs" "$scratch/later" "$scratch/hidden"
# prefix FOLDER FILE...: the files of /usr, as if they had been installed there.
prefix() {
    local folder=$1
    shift
    tar -c --dereference -C /usr "${@#/usr/}" | tar -x --no-same-owner -C "$folder"
    find "$folder" -name '*.pc' -exec sed -i "s|^prefix=/usr\$|prefix=$needs|" {} +
}
mapfile -t files < <(files_of "${all_parts[@]}")
prefix "$needs" "${files[@]}"
mapfile -t files < <(files_of "${fileio_only[@]}")
prefix "$scratch/later" "${files[@]}"
# Some of hwloc.h is where only Debian's compiler looks for it.
(cd "$needs/include" && for folder in *-linux-*/; do cp -r "$folder". .; done)

# To overlayfs a device 0, 0 means that the file of the layer below is gone.
trap 'umount "$scratch/hidden" 2>/dev/null; rm -rf "$scratch"' EXIT
mount -t tmpfs hidden "$scratch/hidden"
for file in "${moved[@]#/usr/}"; do
    mkdir -p "$scratch/hidden/${file%/*}"
    mknod "$scratch/hidden/$file" c 0 0
done
mount -t overlay hidden -o "lowerdir=$scratch/hidden:/usr" /usr 2>/dev/null ||
    skip "no overlay over /usr here, so no packages can be hidden from a build; the archive itself is right"
[[ ! -e /usr/include/fmt/format.h && ! -e /usr/include/boost && -e $needs/include/fmt/format.h ]] ||
    fail "the packages are still in /usr"

# --- CMake finds them in the user's folder, and wants no more than what is built needs
configure() {
    run cmake -S . -B build/release -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 "$@"
}
configure
expect 1 "no package anywhere"
says err "Could NOT find ZLIB" "no package anywhere"
configure -DCMAKE_PREFIX_PATH="$needs"
expect 1 "no fast_float"
says err "FastFloat" "no fast_float"
configure -DCMAKE_PREFIX_PATH="$needs" -DPACER_APPS="reduce;memory"
expect 0 "what reduce needs"

# --- and what is built runs, in its folder and installed, without anything in the environment
run cmake --build build/release --parallel 2 --target reduce
expect 0 "the build of reduce"
small=(-n 1e6 --repeats 6 --no-limits)
run build/release/bin/reduce "${small[@]}" --dump "$scratch/built.h5"
expect 0 "reduce"
loader=(env LD_LIBRARY_PATH="$(dirname "$(find "$needs" -name libfmt.so)")")
run "${loader[@]}" "$bin/timings" show --environment "$scratch/built.h5"
expect 0 "the dump"
for fact in "commit +$commit" "tree +unknown"; do
    grep -qE "^$fact\$" <<<"$out" || fail "the dump does not have '$fact' but $(grep -E "^${fact%% *} " <<<"$out")"
done

run cmake -DCMAKE_INSTALL_PREFIX="$scratch/installed" -P build/release/apps/reduce/cmake_install.cmake
expect 0 "installing reduce"
run "$scratch/installed/bin/reduce" --version
expect 0 "reduce, installed"

# --- all apps
cp -r "$scratch/later/." "$needs"
configure -UPACER_APPS
expect 0 "what all apps need"
run cmake --build build/release --parallel 2 --target pacer_records
expect 0 "the build of what reads records"
names=(Boost_DIR CLI11_DIR FastFloat_DIR RANDOM123_INCLUDE_DIR ZLIB_INCLUDE_DIR fmt_DIR nlohmann_json_DIR
    pkgcfg_lib_hwloc_hwloc pkgcfg_lib_xxhash_xxhash pkgcfg_lib_zstd_zstd)
for name in "${names[@]}"; do
    grep -qE "^$name:[A-Z]+=$needs/" build/release/CMakeCache.txt ||
        fail "not found in the user's folder: $(grep "^$name:" build/release/CMakeCache.txt || echo "$name")"
done

finish
